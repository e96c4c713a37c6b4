import type { Clock } from '@bulkwatch/runtime';
import type { JobStore } from '@bulkwatch/store';

/** Puts back, again and again, the tracked jobs whose wake-up was lost. */
export interface Rescuer {
  start(): void;
  stop(): Promise<void>;
}

export interface RescuerOptions {
  readonly jobs: Pick<JobStore, 'rescueOverdue'>;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** A job overdue for less than this is left to its wake-up. */
  readonly graceMs: number;
  readonly dice: () => number;
  readonly onRescued: (count: number) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Every worker has one; runs are spread by half an interval, so that a fleet does not look all at once. Two that
 * meet do no harm: a rescue is a script that only the first of them wins.
 */
export function createRescuer(options: RescuerOptions): Rescuer {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const wait = options.intervalMs * (0.75 + options.dice() / 2);
      await options.clock.sleep(wait, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        const rescued = await options.jobs.rescueOverdue(options.graceMs);
        if (rescued > 0) options.onRescued(rescued);
      } catch (error) {
        options.onProblem('rescue', error);
      }
    }
  };

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
