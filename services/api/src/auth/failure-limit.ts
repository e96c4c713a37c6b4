import { BoundedMap, type Clock } from '@bulkwatch/runtime';

/** Counts the failures of whoever it is asked about, in this process alone: it has to cost nothing. */
export interface FailureLimit {
  /** Ms until one more failure is within the limit; 0 where it is. */
  waitMs(source: string): number;
  /** Counts a failure. */
  count(source: string): void;
}

const windowMs = 60_000;
const sourcesMax = 10_000;

/**
 * Allows each source so many failures a minute, at once or spread. A source is kept as the instant at which all of
 * them are allowed again (GCRA, as in take-request.lua).
 */
export function createFailureLimit(
  failures: number,
  clock: Pick<Clock, 'monotonicMs'>,
): FailureLimit {
  const eachMs = windowMs / failures;
  const fullAtMs = new BoundedMap<string, number>(sourcesMax);
  return {
    waitMs(source) {
      const full = Math.max(clock.monotonicMs(), fullAtMs.get(source) ?? 0);
      return Math.max(0, full + eachMs - clock.monotonicMs() - windowMs);
    },
    count(source) {
      const now = clock.monotonicMs();
      const full = Math.max(now, fullAtMs.get(source) ?? 0) + eachMs;
      fullAtMs.set(source, Math.min(full, now + windowMs));
    },
  };
}
