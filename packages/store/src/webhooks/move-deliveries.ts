import { ask, type StoreContext } from '../store-context.js';
import { idsBefore } from './delivery-log.js';
import { receiverOf, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** The newest deliveries of a job that are looked at: far more than its own webhook has pending. */
const scanMax = 1_000;

/**
 * Hands what a job's webhook still has to be sent to the receiver of its new URL, so that it waits for nothing that the
 * old one did or asked for.
 */
export async function moveDeliveries(
  context: StoreContext,
  { tenant, jobId, url }: { tenant: string; jobId: string; url: string },
): Promise<void> {
  const { redis } = context;
  const receiverId = receiverOf.jobs(tenant, url);
  const ids = await idsBefore(context, jobId, undefined, scanMax);
  const move = async (deliveryId: string): Promise<void> => {
    const delivery = webhookKeys.delivery(deliveryId);
    const [target, from] = await ask(redis.hmget(delivery, 'target', 'receiverId'));
    if (target !== 'job' || !from || from === receiverId) return;
    await webhookScripts.move(
      redis,
      {
        delivery,
        from: webhookKeys.pending(from),
        receiver: webhookKeys.receiver(receiverId),
        pending: webhookKeys.pending(receiverId),
        due: webhookKeys.due,
      },
      { deliveryId, receiverId, keepMs: context.limits.webhooks.logRetentionMs },
    );
  };
  await Promise.all(ids.map(move));
}
