import { randomUUID } from 'node:crypto';
import type { JobStore } from '@bulkwatch/store';
import { againAndAgain, type Repeated } from './again-and-again.js';
import type { WorkerContext } from './context.js';
import type { Reporter } from './reporter.js';

/** Redis has at least this many times as long for others as it took for a page, and this many ms. */
const restShare = 4;
const restMinMs = 5;

interface RetentionParts extends Pick<WorkerContext, 'clock' | 'settings' | 'dice'> {
  readonly store: { readonly jobs: Pick<JobStore, 'tendSettled'> };
  readonly reporter: Pick<Reporter, 'removed' | 'problem'>;
}

/** Looks after settled jobs again and again, at a pace that nobody feels. One worker at a time is at it. */
export function createRetention({
  store,
  clock,
  settings,
  reporter,
  dice,
}: RetentionParts): Repeated {
  const holder = randomUUID();
  return againAndAgain({
    run: (signal) =>
      store.jobs.tendSettled({
        holder,
        retention: {
          jobsMs: settings.retentionJobsMs,
          pollsMs: settings.retentionPollsMs,
          manifestsMs: settings.retentionManifestsMs,
        },
        everyMs: settings.retentionIntervalMs / 2,
        onRemoved: (removed) => reporter.removed(removed),
        rest: (tookMs) => clock.sleep(Math.max(restMinMs, restShare * tookMs), signal),
        isOver: () => signal.aborted,
      }),
    clock,
    intervalMs: settings.retentionIntervalMs,
    dice,
    onProblem: (error) => reporter.problem('retention', error),
  });
}
