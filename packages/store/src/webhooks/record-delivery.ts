import type { TraceContext } from '@bulkwatch/runtime';
import { toFields } from '../job-record.js';
import type { StoreContext } from '../store-context.js';
import { deliveryId, firstIdAt } from './delivery-id.js';
import { bodyId, type Target, targetKey, webhookKeys } from './webhook-keys.js';
import type { WebhookBell } from './webhook-queue.js';
import { webhookScripts } from './webhook-scripts.js';

export type WebhookContext = StoreContext & { readonly bell: WebhookBell };

/** One event on its way to one webhook. */
export interface NewDelivery {
  readonly target: Target;
  readonly receiverId: string;
  readonly tenant: string;
  /** Epoch ms of the event's entry, or of the call that asked for the delivery. */
  readonly at: number;
  readonly entryId: string;
  readonly eventId: string;
  readonly type: string;
  /** The job that the event tells of. */
  readonly jobId?: string | undefined;
  /** Goes with it as headers. */
  readonly trace?: TraceContext | undefined;
  readonly body: string;
  /** New for each replay. */
  readonly nonce?: string;
  readonly isTest?: boolean;
}

export type RecordOutcome = 'recorded' | 'held' | 'known' | 'gone';

/** Records a delivery and has somebody look at its receiver. Recording it twice is recording it once. */
export async function recordDelivery(
  context: WebhookContext,
  delivery: NewDelivery,
): Promise<{ readonly id: string; readonly outcome: RecordOutcome }> {
  const { target, receiverId, body, jobId, isTest } = delivery;
  const { logRetentionMs } = context.limits.webhooks;
  const record = targetKey(target);
  const id = deliveryId({ ...delivery, target: record });
  const logged = target.kind === 'endpoint' ? target.endpointId : target.jobId;
  const [outcome, ring] = await webhookScripts.record(
    context.redis,
    {
      delivery: webhookKeys.delivery(id),
      target: record,
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
      log: webhookKeys.log(logged),
      jobLog: webhookKeys.log(jobId ?? logged),
      body: webhookKeys.body(bodyId(body)),
    },
    {
      deliveryId: id,
      receiverId,
      keepMs: logRetentionMs,
      oldestId: firstIdAt(context.clock.now() - logRetentionMs),
      body,
      always: isTest ? 1 : '',
    },
    toFields({
      tenant: delivery.tenant,
      target: target.kind,
      endpointId: target.kind === 'endpoint' ? target.endpointId : undefined,
      jobId,
      receiverId,
      eventId: delivery.eventId,
      type: delivery.type,
      bodyId: bodyId(body),
      isTest: isTest ? 1 : undefined,
      ...delivery.trace,
    }),
  );
  if (outcome === 'recorded' && ring !== '') await context.bell.ring(receiverId, `r${ring}`);
  return { id, outcome: outcome as RecordOutcome };
}
