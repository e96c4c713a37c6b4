import type {
  DeliverableType,
  DeliveryAttempt,
  DeliveryState,
  WebhookDelivery,
} from '@bulkwatch/contract';
import { keys } from '../keys.js';
import { ask, type StoreContext } from '../store-context.js';
import type { DeliveryFilter, DeliveryPage } from '../webhook-store.js';
import { webhookKeys } from './webhook-keys.js';

/** Deliveries looked at for one page, at most: a state that is rare gives short pages, not long waits. */
const scanMax = 2_000;
const scanBatch = 200;

/** The log of an endpoint or a job, the newest first; undefined where there is none such. */
export async function readDeliveries(
  context: StoreContext,
  tenant: string,
  of: { readonly endpointId: string } | { readonly jobId: string },
  { state, cursor, limit }: DeliveryFilter,
): Promise<DeliveryPage | undefined> {
  const [record, id] =
    'endpointId' in of
      ? [webhookKeys.endpoint(of.endpointId), of.endpointId]
      : [keys.job(of.jobId), of.jobId];
  if ((await ask(context.redis.hget(record, 'tenant'))) !== tenant) return undefined;

  const batch = state === undefined ? limit + 1 : Math.max(limit + 1, scanBatch);
  const deliveries: WebhookDelivery[] = [];
  let before = cursor;
  for (let scanned = 0; scanned < scanMax; scanned += batch) {
    const ids = await idsBefore(context, id, before, batch);
    const found = await Promise.all(ids.map((one) => readDelivery(context, tenant, one)));
    for (const [at, delivery] of found.entries()) {
      before = ids[at];
      if (delivery && (state === undefined || delivery.state === state)) deliveries.push(delivery);
      const hasMore = at + 1 < ids.length || ids.length === batch;
      if (deliveries.length === limit)
        return { deliveries, ...(hasMore && before ? { nextCursor: before } : {}) };
    }
    if (ids.length < batch) return { deliveries };
  }
  return { deliveries, ...(before ? { nextCursor: before } : {}) };
}

/** Ids in a log that come before one, the newest first. */
export const idsBefore = (
  { redis }: StoreContext,
  logOf: string,
  before: string | undefined,
  count: number,
): Promise<string[]> =>
  ask(
    redis.zrevrangebylex(
      webhookKeys.log(logOf),
      before === undefined ? '+' : `(${before}`,
      '-',
      ...(['LIMIT', 0, count] as const),
    ),
  );

/** One delivery of a tenant; undefined where it is no longer kept. */
export async function readDelivery(
  { redis }: StoreContext,
  tenant: string,
  id: string,
): Promise<WebhookDelivery | undefined> {
  const [hash, attempts] = await ask(
    Promise.all([
      redis.hgetall(webhookKeys.delivery(id)),
      redis.lrange(webhookKeys.attempts(id), 0, -1),
    ]),
  );
  if (hash['tenant'] !== tenant) return undefined;
  const next = await ask(redis.zscore(webhookKeys.pending(hash['receiverId'] ?? ''), id));
  const settled = hash['state'] as DeliveryState | undefined;
  return {
    id,
    endpointId: hash['endpointId'] ?? null,
    jobId: hash['jobId'] ?? null,
    eventId: hash['eventId'] ?? '',
    type: hash['type'] as DeliverableType,
    // What is on no list of what is to be sent, and has not ended, is held.
    state: settled ?? (next === null ? 'held' : 'pending'),
    createdAt: new Date(Number(hash['createdAt'])).toISOString(),
    nextAttemptAt:
      settled === undefined && next !== null ? new Date(Number(next)).toISOString() : null,
    attemptCount: Number(hash['attemptCount'] ?? 0),
    attempts: attempts.map((attempt) => JSON.parse(attempt) as DeliveryAttempt),
  };
}
