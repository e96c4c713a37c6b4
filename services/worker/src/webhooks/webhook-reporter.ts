import type { Logger, Metrics } from '@bulkwatch/runtime';
import type { ClaimedDelivery, Settlement, SettleResult } from '@bulkwatch/store';

/** What happens to deliveries, in log lines and metrics. None of it shows a URL. */
export interface WebhookReporter {
  settled(delivery: ClaimedDelivery, settlement: Settlement, result: SettleResult): void;
  /** A seal key is not on this process's ring. */
  unopenable(keyId: string): void;
}

export function createWebhookReporter(
  logger: Logger,
  metrics: Metrics<'worker'>,
  problem: (what: string, error: unknown) => void,
): WebhookReporter {
  return {
    settled(delivery, settlement, result) {
      const { attempt, outcome } = settlement;
      const { target, eventId, tenant } = delivery;
      const about = { deliveryId: delivery.id, eventId, tenant, target };
      if (attempt) {
        metrics.webhookAttemptsTotal.inc({ outcome: outcomeOf(attempt) });
        metrics.webhookAttemptDurationSeconds.observe(attempt.durationMs / 1000);
      }
      if (result.kind === 'stale') {
        logger.warn(about, 'delivery came too late and is sent again');
        return;
      }
      if (outcome !== 'retry' && outcome !== 'unsent')
        metrics.webhookDeliveriesTotal.inc({ outcome });
      if (result.disabled) {
        metrics.webhooksDisabledTotal.inc();
        logger.warn(
          { ...about, reason: attempt?.reason },
          'webhook disabled: it fails for too long',
        );
      }
      if (outcome === 'failed')
        logger.warn({ ...about, reason: attempt?.reason }, 'delivery failed for the last time');
      else logger.debug({ ...about, outcome, ...attempt }, 'delivery attempted');
    },
    unopenable: (keyId) => problem(`webhooks wait for the seal key ${keyId}`, undefined),
  };
}

/** Low in cardinality: a status by its class. */
function outcomeOf({ status, reason }: NonNullable<Settlement['attempt']>) {
  if (reason === null) return 'success';
  if (status !== null) return status < 400 ? 'http_3xx' : status < 500 ? 'http_4xx' : 'http_5xx';
  if (reason === 'timed-out') return 'timeout';
  return reason === 'webhook-not-allowed' ? 'not_allowed' : 'no_answer';
}
