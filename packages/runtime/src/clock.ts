import { setTimeout as pause } from 'node:timers/promises';

/** Time as the house sees it: passed in where it is needed, so that tests can hold it still. */
export interface Clock {
  /** Epoch ms of the wall clock. It can jump; good for instants that others read. */
  now(): number;
  /** Ms of a clock that only ever goes forward; good for differences within this process. */
  monotonicMs(): number;
  /**
   * Waits at least `ms`. Resolves early, without throwing, once `signal` is aborted: who needs to know
   * asks the signal. Any length is fine, Infinity too.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay that Node's timers take; a longer one would fire at once. */
const timerMaxMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    const wakeAtMs = performance.now() + ms;
    // A timer may fire a fraction of a millisecond early, so what is left is measured again each time.
    for (let leftMs = ms; leftMs > 0; leftMs = wakeAtMs - performance.now()) {
      if (signal?.aborted) return;
      await pauseUnlessAborted(Math.min(Math.ceil(leftMs), timerMaxMs), signal);
    }
  },
};

async function pauseUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal ? { signal } : undefined);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
