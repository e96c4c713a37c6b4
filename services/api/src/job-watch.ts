import type { Store } from '@bulkwatch/store';

/** Wakes whoever waits for a job. Several may wait for one; rings may be missed, so waiters look by themselves too. */
export interface JobWatch {
  /** Calls `wake` when something happened to the job, and when the watch stops. Returns how to end that. */
  watch(jobId: string, wake: () => void): () => void;
  /** True once `stop` was called: waiting is over for everybody. */
  readonly stopped: boolean;
  stop(): void;
}

/** One listener for the whole process, however many wait. */
export function createJobWatch(store: Pick<Store, 'watchJobs'>): JobWatch {
  const waiting = new Map<string, Set<() => void>>();
  let stopped = false;

  const ring = (jobId: string): void => {
    for (const wake of waiting.get(jobId) ?? []) wake();
  };
  const forget = (jobId: string, wake: () => void): void => {
    const wakes = waiting.get(jobId);
    wakes?.delete(wake);
    if (wakes?.size === 0) waiting.delete(jobId);
  };
  const unlisten = store.watchJobs(ring);

  return {
    watch(jobId, wake) {
      const wakes = waiting.get(jobId) ?? new Set();
      waiting.set(jobId, wakes.add(wake));
      return () => forget(jobId, wake);
    },
    get stopped() {
      return stopped;
    },
    stop() {
      stopped = true;
      unlisten();
      for (const jobId of waiting.keys()) ring(jobId);
    },
  };
}
