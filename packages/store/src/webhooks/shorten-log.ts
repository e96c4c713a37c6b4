import { ask } from '../store-context.js';
import type { WebhookContext } from './record-delivery.js';
import { receiverOf, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** The oldest deliveries that are looked at for one that can go. */
const scanMax = 1_000;
const forgottenAtOnce = 200;

/**
 * Forgets the oldest deliveries of an endpoint that its log has no room for. Those still to be sent stay. To be called
 * after so many deliveries were recorded as are forgotten at once, or fewer.
 */
export async function shortenLog(context: WebhookContext, endpointId: string): Promise<void> {
  const { redis, limits } = context;
  const log = webhookKeys.log(endpointId);
  const pending = webhookKeys.pending(receiverOf.endpoint(endpointId));
  const excess = (await ask(redis.zcard(log))) - limits.webhooks.logLength;
  if (excess <= 0) return;
  const oldest = await ask(redis.zrange(log, '0', String(scanMax - 1)));
  const due = await ask(redis.zmscore(pending, ...oldest));
  const settled = oldest.filter((_, at) => due[at] === null);
  await Promise.all(
    settled
      .slice(0, Math.min(excess, forgottenAtOnce))
      .map((deliveryId) => forget(context, { deliveryId, pending, log })),
  );
}

async function forget(
  { redis }: WebhookContext,
  { deliveryId, pending, log }: { deliveryId: string; pending: string; log: string },
): Promise<void> {
  const delivery = webhookKeys.delivery(deliveryId);
  const body = webhookKeys.body((await ask(redis.hget(delivery, 'bodyId'))) ?? '');
  const attempts = webhookKeys.attempts(deliveryId);
  await webhookScripts.forget(redis, { delivery, attempts, body, pending, log }, { deliveryId });
}
