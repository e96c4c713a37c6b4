import { keys } from '../keys.js';
import type { StoreContext } from '../store-context.js';
import { fleetScripts } from './fleet-scripts.js';

/** What came of asking for a duty, and for how long that holds, in ms from when it was asked. */
export interface DutyAnswer {
  readonly isMine: boolean;
  readonly forMs: number;
}

/**
 * Duties that one process at a time does for all of them. Who has one is said by Redis's clock, and is named by a text that
 * no other process has. Both reject with StoreUnavailableError while Redis cannot serve.
 */
export interface Duties {
  /** Takes a duty that nobody has, or keeps it for another `leaseMs`. */
  take(duty: string, holder: string, leaseMs: number): Promise<DutyAnswer>;
  /** Lets another process take it at once. */
  leave(duty: string, holder: string): Promise<void>;
}

export const createDuties = ({ redis }: Pick<StoreContext, 'redis'>): Duties => ({
  async take(duty, holder, leaseMs) {
    const keysOfIt = { duty: keys.duty(duty) };
    const [verdict, forMs] = await fleetScripts.takeDuty(redis, keysOfIt, { holder, leaseMs });
    return { isMine: verdict === 'yours', forMs: Math.max(0, Number(forMs)) };
  },
  async leave(duty, holder) {
    await fleetScripts.leaveDuty(redis, { duty: keys.duty(duty) }, { holder });
  },
});
