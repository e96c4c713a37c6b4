import type { Logger, Metrics } from '@bulkwatch/runtime';
import type { WatchdogOptions } from './watchdog.js';

/** What the watchdog finds, in log lines and metrics. */
export const createLivenessReporter = (
  logger: Logger,
  metrics: Pick<Metrics<'worker'>, 'engineRestartsTotal' | 'workerStuck'>,
): Pick<WatchdogOptions, 'onDead' | 'onLook'> => ({
  onDead(queue, { cause, forMs }) {
    metrics.engineRestartsTotal.inc({ cause });
    logger.error({ queue, cause, forMs: Math.round(forMs) }, 'engine is dead: it is made anew');
  },
  onLook: (isStuck) => metrics.workerStuck.set(isStuck ? 1 : 0),
});
