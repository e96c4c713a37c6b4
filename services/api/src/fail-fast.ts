import type { Clock } from '@bulkwatch/runtime';
import { StoreUnavailableError } from '@bulkwatch/store';

/** For so long a store that was away is not asked again: as long as callers are told to wait. */
const restMs = 1_000;

/** Asks the store something, unless it was away a moment ago: then it rejects with StoreUnavailableError at once. */
export type FailFast = <T>(question: () => Promise<T>) => Promise<T>;

/**
 * Refuses at once what comes shortly after the store was found to be away, so that many questions in a row do
 * not each wait for a Redis that hangs.
 */
export function createFailFast(clock: Pick<Clock, 'monotonicMs'>): FailFast {
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  return async (question) => {
    if (clock.monotonicMs() < awayUntilMs) throw new StoreUnavailableError();
    try {
      return await question();
    } catch (error) {
      if (error instanceof StoreUnavailableError) awayUntilMs = clock.monotonicMs() + restMs;
      throw error;
    }
  };
}
