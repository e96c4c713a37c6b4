import type { NewJobWebhook } from '../job-requests.js';
import { keys } from '../keys.js';
import type { StoreContext } from '../store-context.js';
import { moveDeliveries } from './move-deliveries.js';
import { jobWebhookPairs } from './webhook-fields.js';
import { webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** Puts a webhook in the place of that of a job, enabled, or takes it away with null. False where there is no such job. */
export async function setJobWebhook(
  context: StoreContext,
  tenant: string,
  jobId: string,
  webhook: NewJobWebhook | null,
): Promise<boolean> {
  const { redis, sealer } = context;
  const [kind] = await webhookScripts.setJobWebhook(
    redis,
    {
      job: keys.job(jobId),
      webhooks: webhookKeys.webhooks,
      events: keys.events,
      failing: webhookKeys.failing,
      disabled: webhookKeys.disabled,
    },
    { tenant },
    jobWebhookPairs(sealer, { tenant, id: jobId }, webhook),
  );
  if (kind !== 'amended') return false;
  if (webhook) await moveDeliveries(context, { tenant, jobId, url: webhook.url });
  return true;
}
