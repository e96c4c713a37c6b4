import { groupBy } from './group-by.js';
import type { History } from './history.js';

export interface Recovery {
  readonly count: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

/** By fault: how long after it was healed the next poll was answered, or, for faults of the api, the next job accepted. */
export function measureRecovery({
  faults,
  sightings,
  attempts,
}: History): Record<string, Recovery> {
  const answered = sightings
    .filter(({ kind, answered: whole }) => kind === 'status' && whole)
    .map(({ endedAt }) => endedAt)
    .toSorted((one, other) => one - other);
  const accepted = [...attempts.values()]
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ endedAt }) => endedAt)
    .toSorted((one, other) => one - other);
  const byName = groupBy(
    faults.filter(({ healedAt }) => healedAt !== undefined),
    ({ name }) => name,
  );
  return Object.fromEntries(
    [...byName].flatMap(([name, ofName]) => {
      const waits = ofName.flatMap(({ healedAt = 0 }) => {
        const signs = name.startsWith('api') ? accepted : answered;
        const next = signs.find((at) => at >= healedAt);
        return next === undefined ? [] : [Math.round(next - healedAt)];
      });
      const sorted = waits.toSorted((one, other) => one - other);
      if (sorted.length === 0) return [];
      const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
      return [[name, { count: sorted.length, medianMs, worstMs: sorted.at(-1) ?? 0 }]];
    }),
  );
}
