import { type Dump, type EventDump, finalTypes, openStates } from '../evidence/dump.js';
import type { Finding, Violation } from './finding.js';
import { groupBy } from './group-by.js';
import type { History } from './history.js';

/**
 * What went in against what came out, as Jepsen's `total-queue` counts it: `lost`, accepted and no final event; `duplicated`, more than
 * one final event of a job, more than one append or content of an event, or more than one job of an export; `unexpected`, what nobody
 * tried, or an end that the export did not have; `recovered`, what nobody knew of and turned out to be there.
 */
export function checkQueue(history: History, { jobs, events }: Dump): Finding {
  const { attempts, cancelled } = history;
  const finals = events.filter(({ type }) => finalTypes.has(type));
  const finalsOf = groupBy(finals, ({ subject }) => subject);
  const jobsOf = groupBy(jobs.values(), ({ exportId }) => exportId);
  const violations: Violation[] = [];
  const tell = (figure: string, what: string, jobId?: string, exportId?: string): void =>
    void violations.push({ figure, what, jobId, exportId });

  for (const { exportId, outcome, jobId } of attempts.values()) {
    if (outcome === 'ok' && !finalsOf.has(jobId ?? ''))
      tell('lost', 'accepted, and no final event', jobId, exportId);
    const made = jobsOf.get(exportId) ?? [];
    if (made.length > 1) tell('duplicated', `${made.length} jobs`, made[1]?.id, exportId);
    if (outcome === 'refused' && made.length > 0)
      tell('unexpected', 'refused, and tracked all the same', made[0]?.id, exportId);
    if (outcome === 'ok' && made.length === 1 && made[0]?.id !== jobId)
      tell('unexpected', 'accepted under another id', jobId, exportId);
  }
  for (const [jobId, told] of finalsOf) {
    if (told.length > 1) tell('duplicated', `${told.length} final events`, jobId);
    const job = jobs.get(jobId);
    const exportId = job?.exportId ?? '';
    const attempt = attempts.get(exportId);
    const end = told[0]?.type.split('.').at(-1) ?? '';
    if (attempt === undefined) tell('unexpected', `${end}, of what nobody tried`, jobId);
    else if (end !== attempt.ends && !(end === 'cancelled' && cancelled.has(exportId)))
      tell('unexpected', `${end}, where the export ${attempt.ends}`, jobId, exportId);
    if (job?.state !== end)
      tell('unexpected', `${end} was told of a job that is ${job?.state}`, jobId);
  }
  for (const { exportId, id, state } of jobs.values())
    if (!openStates.has(state) && !finalsOf.has(id))
      tell('lost', `${state} without an event`, id, exportId);
  for (const what of twice(events)) tell('duplicated', what.what, what.jobId);

  const tried = [...attempts.values()];
  const unknown = tried.filter(({ outcome }) => outcome === 'unknown');
  return {
    violations,
    figures: {
      acknowledged: tried.filter(({ outcome }) => outcome === 'ok').length,
      unknown: unknown.length,
      recovered: unknown.filter(({ exportId }) => jobsOf.has(exportId)).length,
    },
    chances: {
      lost: tried.filter(({ outcome }) => outcome === 'ok').length,
      duplicated: events.length,
      unexpected: finals.length,
    },
  };
}

/** Events that were appended more than once, alike or not. */
function twice(events: readonly EventDump[]): { what: string; jobId: string }[] {
  const byId = groupBy(events, ({ id }) => id);
  return [...byId.values()]
    .filter((appends) => appends.length > 1)
    .map((appends) => {
      const contents = new Set(appends.map(({ digest }) => digest)).size;
      const { type, subject } = appends[0] as EventDump;
      return { what: `${type}: ${appends.length} appends, ${contents} contents`, jobId: subject };
    });
}
