import type { WorkerContext } from './context.js';

/**
 * Reads the figures of the whole fleet when somebody scrapes. Every worker reports the same ones, so a query
 * takes their maximum, not their sum.
 */
export async function setFleetGauges({ store, metrics, settings }: WorkerContext): Promise<void> {
  try {
    const [fleet, skewMs] = await Promise.all([
      store.jobs.fleet(settings.overdueToleranceMs),
      store.clockSkewMs(),
    ]);
    for (const [state, count] of Object.entries(fleet.jobsByState))
      metrics.jobs.set({ state }, count);
    metrics.overdueJobs.set(fleet.overdueCount);
    metrics.oldestOverdueAgeSeconds.set(fleet.oldestOverdueAgeMs / 1000);
    metrics.redisClockSkewSeconds.set(skewMs / 1000);
    metrics.redisUp.set(1);
  } catch {
    metrics.redisUp.set(0);
  }
}
