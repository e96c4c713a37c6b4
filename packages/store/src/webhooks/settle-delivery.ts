import {
  type DeliveryAttempt,
  type WebhookDisabledEvent,
  type WebhookDisabledReason,
  webhookEvents,
} from '@bulkwatch/contract';
import { eventSource } from '../event-source.js';
import { keys } from '../keys.js';
import type { WebhookContext } from './record-delivery.js';
import { bodyId, targetKey, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';
import { type ClaimedDelivery, isExclusive, type WebhookTurn } from './webhook-turn.js';

/** What became of a delivery in its turn. */
export interface Settlement {
  /** `unsent` leaves everything as it was. */
  readonly outcome: 'delivered' | 'retry' | 'failed' | 'held' | 'gone' | 'unsent';
  /** Until the next attempt, for `retry`. */
  readonly delayMs?: number;
  /** For the log; absent where nothing was asked. */
  readonly attempt?: Omit<DeliveryAttempt, 'at'>;
  /** What it tells of the receiver: `down` has it left alone for a while, `up` ends that. */
  readonly ofReceiver?: 'up' | 'down';
  /** What the receiver asks for before anything else is sent to it. */
  readonly retryAfterMs?: number;
  /** What it tells of the webhook, which is disabled when it has failed for long enough. */
  readonly ofTarget?: 'success' | 'failure';
  readonly disables?: WebhookDisabledReason;
}

export type SettleResult =
  | {
      readonly kind: 'settled';
      /** Until something is due at the receiver; undefined while the turn goes on, or where nothing is pending. */
      readonly nextMs?: number;
      /** It disabled the webhook, with an event. */
      readonly disabled: boolean;
    }
  /** The lease had run out and somebody else took the turn: nothing was changed. */
  | { readonly kind: 'stale' };

/** How a receiver that fails is probed: first after `firstMs`, then each time twice as long, up to `longestMs`. */
export interface Probing {
  readonly firstMs: number;
  readonly longestMs: number;
}

const attemptsKept = 20;

export async function settleDelivery(
  context: WebhookContext,
  { turn, delivery }: { turn: WebhookTurn; delivery: ClaimedDelivery },
  settlement: Settlement,
  probing: Probing,
): Promise<SettleResult> {
  const { receiverId, epoch } = turn;
  const { attempt, disables } = settlement;
  const at = context.clock.now();
  const reason = attempt?.reason ?? '';
  const { logRetentionMs } = context.limits.webhooks;
  const [kind, nextMs, disabled] = await webhookScripts.settle(
    context.redis,
    {
      delivery: webhookKeys.delivery(delivery.id),
      attempts: webhookKeys.attempts(delivery.id),
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
      target: targetKey(delivery.target),
      failing: webhookKeys.failing,
      disabled: webhookKeys.disabled,
      body: webhookKeys.body(bodyId(delivery.body)),
      events: keys.events,
      tenantEvents: keys.tenantEvents(delivery.tenant),
    },
    {
      deliveryId: delivery.id,
      receiverId,
      epoch,
      outcome: settlement.outcome,
      delayMs: Math.ceil(settlement.delayMs ?? 0),
      attempt: attempt ? JSON.stringify({ at: new Date(at).toISOString(), ...attempt }) : '',
      attemptsKept,
      ofReceiver: settlement.ofReceiver ?? 'nothing',
      retryAfterMs: Math.ceil(settlement.retryAfterMs ?? 0),
      probeFirstMs: probing.firstMs,
      probeLongestMs: probing.longestMs,
      keepMs: logRetentionMs,
      ofTarget: settlement.ofTarget ?? 'nothing',
      reason,
      disabledReason: disables ?? '',
      // Somebody may have enabled it anew since: then it is not for what was before. A 410 is an answer by itself.
      failingSince: disables === 'gone' ? '' : (delivery.failingSince ?? ''),
      event: disables ? disabledEvent(delivery, { disables, reason, at }) : '',
      channel: webhookEvents['webhook-disabled'].channel,
      eventsMaxLength: context.limits.eventsMaxLength,
      exclusive: isExclusive(receiverId, delivery) ? 1 : '',
    },
  );
  if (kind === 'stale') return { kind };
  const next = Number(nextMs);
  return { kind: 'settled', disabled: disabled === 1, ...(next < 0 ? {} : { nextMs: next }) };
}

/** One for each time that a webhook is disabled: what makes its id unique is since when it failed. */
function disabledEvent(
  { tenant, target, shownUrl, failingSince }: ClaimedDelivery,
  { disables, reason, at }: { disables: WebhookDisabledReason; reason: string; at: number },
): string {
  const subject = target.kind === 'endpoint' ? target.endpointId : target.jobId;
  const since = failingSince ?? at;
  return JSON.stringify({
    specversion: '1.0',
    id: `${subject}.webhook-disabled.${since}`,
    source: eventSource(tenant),
    type: webhookEvents['webhook-disabled'].type,
    subject,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: {
      webhook: {
        endpointId: target.kind === 'endpoint' ? target.endpointId : null,
        jobId: target.kind === 'job' ? target.jobId : null,
        url: shownUrl,
        disabledReason: disables,
        failingSince: new Date(since).toISOString(),
        lastReason: reason,
      },
    },
  } satisfies WebhookDisabledEvent);
}
