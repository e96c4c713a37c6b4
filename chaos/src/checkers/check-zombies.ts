import { type Dump, openStates } from '../evidence/dump.js';
import type { Finding, Violation } from './finding.js';
import { groupBy } from './group-by.js';

/** Records, due index, state indexes, engine and providers against each other, once nothing is left to do. */
export function checkZombies({ jobs, due, indexed, engine, openJobs }: Dump): Finding {
  const violations: Violation[] = [];
  const tell = (what: string, jobId?: string): void =>
    void violations.push({ figure: 'zombies', what, jobId });
  const open = new Set([...jobs.values()].filter(isOpen).map(({ id }) => id));
  for (const id of open) {
    const { state = '', health = '', reason = null } = jobs.get(id) ?? {};
    tell(`still ${state} (${[health, reason].filter(Boolean).join(', ')})`, id);
  }
  for (const id of due) if (!open.has(id)) tell('due, and not open', id);
  for (const id of engine.awake) if (!open.has(id)) tell('woken up, and not open', id);
  const states = groupBy(indexed, ({ jobId }) => jobId);
  for (const { id, state } of jobs.values()) {
    const listed = (states.get(id) ?? []).map((one) => one.state);
    if (listed.length !== 1 || listed[0] !== state)
      tell(`${state}, and listed as ${listed.join(' and ') || 'nothing'}`, id);
  }
  for (const id of states.keys()) if (!jobs.has(id)) tell('listed, and not there', id);
  for (const [origin, count] of Object.entries(openJobs))
    if (count !== 0 && open.size === 0) tell(`${origin} counts ${count} open jobs`);
  return {
    violations,
    figures: { entriesAsleep: engine.asleep.length },
    chances: { zombies: jobs.size },
  };
}

const isOpen = ({ state }: { readonly state: string }): boolean => openStates.has(state);
