import type { Clock } from '@bulkwatch/runtime';
import { type JobStore, StoreUnavailableError } from '@bulkwatch/store';

type Register = Pick<JobStore, 'register'>;

/** For so long a store that was away is not asked again: as long as callers are told to wait. */
const restMs = 1_000;

/**
 * Refuses at once what comes shortly after the store was found to be away, so that many registrations in a row do
 * not each wait for a Redis that hangs.
 */
export function failFast(jobs: Register, clock: Pick<Clock, 'monotonicMs'>): Register {
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  return {
    async register(tenant, job) {
      if (clock.monotonicMs() < awayUntilMs) throw new StoreUnavailableError();
      try {
        return await jobs.register(tenant, job);
      } catch (error) {
        if (error instanceof StoreUnavailableError) awayUntilMs = clock.monotonicMs() + restMs;
        throw error;
      }
    },
  };
}
