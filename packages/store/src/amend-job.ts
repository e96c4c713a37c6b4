import { amendAcknowledgement } from './acknowledge-job.js';
import { encodeSubscribers } from './acknowledgement-fields.js';
import { fromNewest } from './from-newest.js';
import { toFields } from './job-record.js';
import type { Amendment, AmendResult, JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import { sealToken } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';
import { setJobWebhook } from './webhooks/set-job-webhook.js';

const onlyOfAcknowledgement = ({ bearerToken, deadlineAt, labels }: Amendment): boolean =>
  bearerToken === undefined && deadlineAt === undefined && labels === undefined;

/**
 * Changes an open job. A new token wakes a job that waits for credentials, though not within a Retry-After;
 * otherwise what is changed counts from the next poll on. Of a completed one its acknowledgement can be changed, and of
 * any settled one its webhook, alone.
 */
export async function amendJob(
  context: StoreContext,
  tenant: string,
  { jobId, amendment }: { jobId: string; amendment: Amendment },
): Promise<AmendResult> {
  const { webhook, ...rest } = amendment;
  const isWebhookAlone = Object.values(rest).every((member) => member === undefined);
  if (webhook === undefined || !isWebhookAlone) {
    const result = await amendOpenJob(context, tenant, { jobId, amendment: rest });
    if (webhook === undefined || result.kind !== 'amended') return result;
  }
  const isSet = await setJobWebhook(context, tenant, jobId, webhook);
  const job = isSet ? await readJob(context, tenant, jobId) : undefined;
  return job ? { kind: 'amended', job } : { kind: 'not-found' };
}

async function amendOpenJob(
  context: StoreContext,
  tenant: string,
  { jobId, amendment }: { jobId: string; amendment: Amendment },
): Promise<AmendResult> {
  const result = await fromNewest<AmendResult>(context, { tenant, jobId }, async (job) => {
    if (job.state === 'completed' && onlyOfAcknowledgement(amendment))
      return amendAcknowledgement(context, tenant, { jobId, amendment });
    if (job.settledAt !== undefined) return { kind: 'already-settled', job };
    const wakesAt = amendment.bearerToken === undefined ? undefined : wakeAt(context, job);
    const [kind, wake, delayMs] = await write(context, job, { amendment, wakesAt });
    if (kind !== 'amended') return undefined;
    if (wakesAt !== undefined || amendment.deadlineAt !== undefined)
      await ring(context, { jobId, wake: Number(wake), delayMs: Number(delayMs) });
    return { kind: 'amended', job: (await readJob(context, tenant, jobId)) ?? job };
  });
  return result ?? { kind: 'not-found' };
}

/**
 * From when on a job that waits for credentials may be polled with new ones, epoch ms: our own back-off is void,
 * what the provider asked for and the floor are not. Undefined where the job waits for something else.
 */
function wakeAt(
  { limits }: StoreContext,
  { health, retryAfterUntil = 0, lastPolledAt = 0 }: JobRecord,
): number | undefined {
  if (health !== 'auth-blocked') return undefined;
  return Math.max(retryAfterUntil, lastPolledAt + limits.retryAfterFloorMs);
}

async function write(
  context: StoreContext,
  job: JobRecord,
  { amendment, wakesAt }: { amendment: Amendment; wakesAt: number | undefined },
) {
  const { bearerToken, deadlineAt, labels, deleteOnAcknowledge, requiredSubscribers } = amendment;
  const { tenant, id: jobId, provider, version } = job;
  const hasNoLabels = labels !== undefined && Object.keys(labels).length === 0;
  const cleared = [
    ...(hasNoLabels ? ['labels'] : []),
    ...(deleteOnAcknowledge === false ? ['deleteOnAcknowledge'] : []),
    ...(requiredSubscribers?.length === 0 ? ['requiredSubscribers'] : []),
  ];
  return scripts.amendJob(
    context.redis,
    { job: keys.job(jobId), due: keys.due },
    { jobId, version, wakesAt: wakesAt ?? '', cleared: cleared.length },
    [
      ...cleared,
      ...toFields({
        sealedToken: sealToken(context.sealer, { tenant, jobId, provider }, bearerToken),
        hadToken: bearerToken === undefined ? undefined : 1,
        deadlineAt,
        labels: labels === undefined || hasNoLabels ? undefined : JSON.stringify(labels),
        deleteOnAcknowledge: deleteOnAcknowledge ? 1 : undefined,
        requiredSubscribers: encodeSubscribers(requiredSubscribers),
      }),
    ],
  );
}
