import type { Dump } from '../evidence/dump.js';
import type { Sighting } from '../provider/sighting.js';
import type { Finding, Violation } from './finding.js';
import { groupBy } from './group-by.js';
import type { History } from './history.js';

/**
 * By how much an instant of the harness may be wrong, in ms: it hears of a byte when its turn comes, and shares two cores with everything
 * that it tries to break.
 */
export const measuringErrorMs = 50;

/**
 * Polls that came before the wait was over that the answer before had asked for. `early` are those where that answer was recorded, in
 * the timeline of the job; where it died with its worker nobody knew of the wait (`earlyUnrecorded`).
 */
export function checkPace({ sightings }: History, { jobs }: Dump): Finding {
  const recorded = new Set([...jobs.values()].flatMap((job) => job.recorded));
  const violations: Violation[] = [];
  let earlyUnrecorded = 0;
  let chances = 0;
  const lateness: number[] = [];
  for (const polls of statusPolls(sightings).values()) {
    for (const [index, poll] of polls.entries()) {
      const before = lastWait(polls, index);
      if (before === undefined) continue;
      const isRecorded = recorded.has(before.requestId ?? '');
      if (isRecorded) chances += 1;
      const dueAt = before.endedAt + (before.askedForMs ?? 0);
      const lateMs = poll.at - dueAt;
      if (lateMs >= -measuringErrorMs) lateness.push(Math.max(0, lateMs));
      else if (isRecorded)
        violations.push({
          figure: 'early',
          what: `${Math.round(-lateMs)} ms before a wait of ${before.askedForMs} ms was over`,
          exportId: poll.exportId ?? '',
        });
      else earlyUnrecorded += 1;
    }
  }
  return {
    violations,
    figures: { earlyUnrecorded, ...latenessFigures(lateness) },
    chances: { early: chances },
  };
}

/** The answer that asked last for a wait and was over before this poll began. */
function lastWait(polls: readonly Sighting[], index: number): Sighting | undefined {
  const poll = polls[index] as Sighting;
  return polls
    .slice(0, index)
    .filter(({ askedForMs, endedAt }) => askedForMs !== undefined && endedAt <= poll.at)
    .at(-1);
}

/** Requests for each export. */
function statusPolls(sightings: readonly Sighting[]): Map<string, Sighting[]> {
  const polls = sightings.filter(({ kind, exportId }) => kind === 'status' && exportId !== null);
  return groupBy(polls, ({ exportId }) => exportId as string);
}

function latenessFigures(lateness: readonly number[]): Record<string, number> {
  const sorted = lateness.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { latenessP50: at(0.5), latenessP99: at(0.99), latenessMax: at(1) };
}
