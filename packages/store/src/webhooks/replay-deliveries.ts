import { randomUUID } from 'node:crypto';
import { type WebhookEndpoint, webhookLimits } from '@bulkwatch/contract';
import { createEventReader } from '../event-reader.js';
import { ask } from '../store-context.js';
import { compareStreamIds } from '../stream-id.js';
import type { ReplayResult, ReplaySelection } from '../webhook-store.js';
import { idsBefore, readDelivery } from './delivery-log.js';
import { endpointDelivery, isFor } from './dispatch-events.js';
import { recordDelivery, type WebhookContext } from './record-delivery.js';
import { shortenLog } from './shorten-log.js';
import { bodyOf, readEvent } from './streamed-event.js';
import { readEndpoint } from './webhook-endpoints.js';
import { receiverOf, targetKey, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** Sends deliveries of an endpoint again, as many as one call does. */
export async function replayDeliveries(
  context: WebhookContext,
  tenant: string,
  endpointId: string,
  selection: ReplaySelection,
): Promise<ReplayResult> {
  const endpoint = await readEndpoint(context, tenant, endpointId);
  if (!endpoint) return { kind: 'not-found' };
  if (endpoint.state === 'disabled') return { kind: 'disabled' };
  if ('since' in selection) return replayStream(context, tenant, endpoint, selection.since);
  const nonce = randomUUID();
  if ('state' in selection)
    return replayState(context, { endpointId, cursor: undefined, ...selection, nonce });
  const { deliveryId } = selection;
  const delivery = await readDelivery(context, tenant, deliveryId);
  if (delivery?.endpointId !== endpointId) return { kind: 'delivery-not-found' };
  const outcome = await replayOne(context, { deliveryId, endpointId, nonce, state: '' });
  if (outcome === 'disabled') return { kind: 'disabled' };
  return outcome === 'replayed' ? { kind: 'replayed', count: 1 } : { kind: 'delivery-not-found' };
}

const batchSize = 100;
/** Deliveries of the log, and pages of the stream, that one call looks at: whoever wants few of many calls again. */
const scanMax = 10_000;
const pagesMax = 50;

async function replayState(
  context: WebhookContext,
  of: { endpointId: string; state: 'failed' | 'held'; cursor: string | undefined; nonce: string },
): Promise<ReplayResult> {
  const { endpointId, state, nonce } = of;
  let count = 0;
  let before = of.cursor;
  for (let scanned = batchSize; ; scanned += batchSize) {
    const ids = await idsBefore(context, endpointId, before, batchSize);
    const outcomes = await Promise.all(
      ids.map((deliveryId) => replayOne(context, { deliveryId, endpointId, nonce, state })),
    );
    count += outcomes.filter((outcome) => outcome === 'replayed').length;
    if (ids.length < batchSize) return { kind: 'replayed', count };
    before = ids.at(-1);
    if (before && (count >= webhookLimits.replayMax || scanned >= scanMax))
      return { kind: 'replayed', count, more: before };
  }
}

/** Tests are not sent again. */
async function replayOne(
  context: WebhookContext,
  of: { deliveryId: string; endpointId: string; nonce: string; state: '' | 'failed' | 'held' },
): Promise<'replayed' | 'disabled' | 'gone' | 'other'> {
  const { deliveryId, endpointId, nonce, state } = of;
  const delivery = webhookKeys.delivery(deliveryId);
  const fields = ['bodyId', 'isTest', 'state'] as const;
  const [kept, isTest, isIn] = await ask(context.redis.hmget(delivery, ...fields));
  if (!kept || isTest === '1') return 'gone';
  // What is held has no state of its own, and nor has what is pending.
  if (state !== '' && (isIn ?? 'held') !== state) return 'other';
  const receiverId = receiverOf.endpoint(endpointId);
  const [kind, ring] = await webhookScripts.replay(
    context.redis,
    {
      delivery,
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
      target: targetKey({ kind: 'endpoint', endpointId }),
      body: webhookKeys.body(kept),
      attempts: webhookKeys.attempts(deliveryId),
    },
    { deliveryId, receiverId, nonce, keepMs: context.limits.webhooks.logRetentionMs, state },
  );
  if (kind === 'replayed' && ring) await context.bell.ring(receiverId, `r${ring}`);
  return kind as 'replayed' | 'disabled' | 'gone' | 'other';
}

/** Reads the tenant's stream on from a point, as far as one call goes, and records what the endpoint wants of it. */
async function replayStream(
  context: WebhookContext,
  tenant: string,
  endpoint: WebhookEndpoint,
  since: string,
): Promise<ReplayResult> {
  const events = createEventReader(context);
  const nonce = randomUUID();
  const at = context.clock.now();
  const { bodyMaxBytes } = context.limits.webhooks;
  let count = 0;
  let after = entryBefore(since);
  // The reader takes a point that is yet to come for one that was lost, and begins with the oldest.
  const { readTo: newest } = await events.readNewest(tenant);
  if (compareStreamIds(after, newest) >= 0) return { kind: 'replayed', count: 0 };
  for (let pages = 1; ; pages += 1) {
    const page = await events.readAfter(tenant, after);
    const found = page.events.flatMap(({ id, json }) => readEvent(id, json) ?? []);
    const wanted = found.filter((event) => isFor(endpoint, event));
    const outcomes = await Promise.all(
      wanted.map((event) => {
        const delivery = endpointDelivery(endpoint.id, event, bodyOf(event, bodyMaxBytes));
        return recordDelivery(context, { ...delivery, at, nonce });
      }),
    );
    count += outcomes.filter(({ outcome }) => outcome === 'recorded').length;
    await shortenLog(context, endpoint.id);
    after = page.readTo;
    if (page.isLast) return { kind: 'replayed', count };
    if (count >= webhookLimits.replayMax || pages >= pagesMax)
      return { kind: 'replayed', count, more: after };
  }
}

/** The point in the stream after which the events of an instant (ISO 8601) begin; that of an entry is its id. */
function entryBefore(since: string): string {
  if (/^\d+-\d+$/.test(since)) return since;
  return `${Math.max(0, Date.parse(since) - 1)}-${2 ** 48}`;
}
