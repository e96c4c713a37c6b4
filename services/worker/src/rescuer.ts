import type { Clock } from '@bulkwatch/runtime';
import type { JobStore } from '@bulkwatch/store';
import { againAndAgain, type Repeated } from './again-and-again.js';

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
 * Puts back, again and again, the tracked jobs whose wake-up was lost. Every worker has one; two that meet do no harm: a
 * rescue is a script that only the first of them wins.
 */
export const createRescuer = ({
  jobs,
  graceMs,
  onRescued,
  onProblem,
  ...pace
}: RescuerOptions): Repeated =>
  againAndAgain({
    ...pace,
    async run() {
      const rescued = await jobs.rescueOverdue(graceMs);
      if (rescued > 0) onRescued(rescued);
    },
    onProblem: (error) => onProblem('rescue', error),
  });
