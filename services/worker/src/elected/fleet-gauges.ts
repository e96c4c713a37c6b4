import type { Metrics } from '@bulkwatch/runtime';
import type { JobStore, WebhookStore } from '@bulkwatch/store';

type FleetFigures = Awaited<ReturnType<JobStore['fleet']>>;
type WebhookFigures = Awaited<ReturnType<WebhookStore['figures']>>;

/** Tells the figures of the whole fleet. */
export function setFleetGauges(metrics: Metrics<'worker'>, fleet: FleetFigures): void {
  for (const [state, count] of Object.entries(fleet.jobsByState))
    metrics.jobs.set({ state }, count);
  for (const [health, count] of Object.entries(fleet.openJobsByHealth))
    metrics.jobsByHealth.set({ health }, count);
  metrics.oldestOpenJobAgeSeconds.set(fleet.oldestOpenJobAgeMs / 1000);
  metrics.overdueJobs.set(fleet.overdueCount);
  metrics.oldestOverdueAgeSeconds.set(fleet.oldestOverdueAgeMs / 1000);
  for (const within of ['1m', '5m', '15m'] as const)
    metrics.dueJobs.set({ within }, fleet.dueCounts[within]);
  for (const within of ['1h', '6h', '24h'] as const)
    metrics.expiringJobs.set({ within }, fleet.expiringCounts[within]);
  metrics.providersOut.set(fleet.providersOut);
  metrics.pauses.set(fleet.pauseCount);
  for (const queue of ['wake-ups', 'webhooks'] as const)
    for (const state of ['waiting', 'prioritized', 'delayed', 'active'] as const)
      metrics.queueEntries.set({ queue, state }, fleet.queues[queue][state]);
  setMemory(metrics, fleet.memory);
}

/** What Redis does not tell has no series. */
function setMemory(
  metrics: Metrics<'worker'>,
  { usedBytes, limitBytes, machineBytes }: FleetFigures['memory'],
): void {
  if (usedBytes === undefined) return;
  metrics.redisMemoryUsedBytes.set(usedBytes);
  if (limitBytes !== undefined) metrics.redisMemoryLimitBytes.set(limitBytes);
  // A limit of 0 is none.
  const mostBytes = limitBytes || machineBytes;
  if (mostBytes)
    metrics.redisMemoryHeadroomRatio.set(Math.max(0, (mostBytes - usedBytes) / mostBytes));
}

/** Tells the figures of all webhooks. */
export function setWebhookGauges(metrics: Metrics<'worker'>, webhooks: WebhookFigures): void {
  metrics.webhookDeliveriesPending.set(webhooks.pendingCount);
  metrics.webhookOldestOverdueAgeSeconds.set(webhooks.overdueMs / 1000);
  metrics.webhooksFailing.set(webhooks.failingCount);
  metrics.webhookLongestFailingSeconds.set(webhooks.longestFailingMs / 1000);
  metrics.webhooksDisabled.set(webhooks.disabledCount);
}
