import type { WorkerContext } from './context.js';
import { redisAnswers } from './redis-answers.js';

/**
 * Reads the figures of the whole fleet when somebody scrapes. Every worker reports the same ones, so a query
 * takes their maximum, not their sum.
 */
export async function setFleetGauges({
  store,
  clock,
  metrics,
  settings,
}: WorkerContext): Promise<void> {
  const isUp = await redisAnswers(store, clock);
  metrics.redisUp.set(isUp ? 1 : 0);
  if (!isUp) return;
  const [fleet, skewMs, webhooks] = await Promise.all([
    store.jobs.fleet(settings.overdueToleranceMs),
    store.clockSkewMs(),
    store.webhooks.figures(),
  ]);
  for (const [state, count] of Object.entries(fleet.jobsByState))
    metrics.jobs.set({ state }, count);
  metrics.overdueJobs.set(fleet.overdueCount);
  metrics.providersOut.set(fleet.providersOut);
  metrics.pauses.set(fleet.pauseCount);
  for (const within of ['1h', '6h', '24h'] as const)
    metrics.expiringJobs.set({ within }, fleet.expiringCounts[within]);
  metrics.oldestOverdueAgeSeconds.set(fleet.oldestOverdueAgeMs / 1000);
  metrics.redisClockSkewSeconds.set(skewMs / 1000);
  metrics.webhookDeliveriesPending.set(webhooks.pendingCount);
  metrics.webhookOldestOverdueAgeSeconds.set(webhooks.overdueMs / 1000);
  metrics.webhooksFailing.set(webhooks.failingCount);
  metrics.webhookLongestFailingSeconds.set(webhooks.longestFailingMs / 1000);
  metrics.webhooksDisabled.set(webhooks.disabledCount);
}
