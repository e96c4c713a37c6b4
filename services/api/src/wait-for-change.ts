import type { Clock } from '@bulkwatch/runtime';

interface Wait<T> {
  /** The state of things to wait from. */
  readonly from: T;
  /** Reads it again. Its errors end the wait. */
  readonly read: () => Promise<T>;
  readonly changed: (now: T) => boolean;
  /** Calls `wake` when it is worth to look again, or when waiting is over. Returns how to end that. */
  readonly watch: (wake: () => void) => () => void;
  /** True once there is nobody to wait for any more. */
  readonly isOver: () => boolean;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
}

/** However quiet the doorbell is, so often one looks: it may miss rings while Redis changes places. */
const lookAgainMs = 2_000;

/** Waits until something has changed, the time is over or nobody waits any more; returns what was read last. */
export async function waitForChange<T>(wait: Wait<T>): Promise<T> {
  const { clock } = wait;
  const endsAtMs = clock.monotonicMs() + wait.timeoutMs;
  // A new bell for every round, hung up before reading, so that a ring while reading is not lost.
  let bell = new AbortController();
  const unwatch = wait.watch(() => bell.abort());
  try {
    let seen = wait.from;
    for (;;) {
      bell = new AbortController();
      if (wait.isOver()) return seen;
      seen = await wait.read();
      const remainingMs = endsAtMs - clock.monotonicMs();
      if (wait.changed(seen) || remainingMs <= 0) return seen;
      await clock.sleep(Math.min(remainingMs, lookAgainMs), bell.signal);
    }
  } finally {
    unwatch();
  }
}
