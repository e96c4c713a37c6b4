import { subscriberLimits } from '@bulkwatch/contract';
import { defaultPolicy } from '@bulkwatch/core';
import { encodeSubscribers } from './acknowledgement-fields.js';
import type { ScriptReply } from './define-script.js';
import type { AcknowledgeResult, AmendResult, CompletedAmendment } from './job-store.js';
import { keys } from './keys.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import { sealToken } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';

const { deleteWindowMs } = defaultPolicy;

const keysOf = (jobId: string) => ({
  job: keys.job(jobId),
  due: keys.due,
  expiry: keys.expiry,
  expiring: keys.expiring,
});

/**
 * Notes that a subscriber has what it wants of a completed job. The last one that is required has the provider sent a
 * delete request, where the job says so, and wakes a worker for it.
 */
export async function acknowledgeJob(
  context: StoreContext,
  tenant: string,
  {
    jobId,
    subscriber,
    bearerToken,
  }: { jobId: string; subscriber: string; bearerToken: string | undefined },
): Promise<AcknowledgeResult> {
  const job = await readJob(context, tenant, jobId);
  if (!job) return { kind: 'refused', why: 'not-found' };
  const { provider } = job;
  const [kind, first, ...due] = await scripts.acknowledge(context.redis, keysOf(jobId), {
    jobId,
    subscriber,
    sealedToken: sealToken(context.sealer, { tenant, jobId, provider }, bearerToken) ?? '',
    deleteWindowMs,
    otherSubscribersMax: subscriberLimits.otherCount,
  });
  switch (kind) {
    case 'missing':
      return { kind: 'refused', why: 'not-found' };
    case 'not-completed':
    case 'too-many':
      return { kind: 'refused', why: kind };
    case 'acknowledged':
      await ringIfDue(context, jobId, due);
      return {
        kind: 'acknowledged',
        first: first === '1',
        job: (await readJob(context, tenant, jobId)) ?? job,
      };
    case null:
    case undefined:
    default:
      throw new Error(`acknowledge answered ${String(kind)}`);
  }
}

/** Changes what the acknowledgement of a completed job rests on, and what follows it. */
export async function amendAcknowledgement(
  context: StoreContext,
  tenant: string,
  { jobId, amendment }: { jobId: string; amendment: CompletedAmendment },
): Promise<AmendResult> {
  const job = await readJob(context, tenant, jobId);
  if (!job) return { kind: 'not-found' };
  const { requiredSubscribers, deleteOnAcknowledge } = amendment;
  const [kind, ...due] = await scripts.amendAcknowledgement(context.redis, keysOf(jobId), {
    jobId,
    requiredSubscribers:
      requiredSubscribers === undefined ? '-' : (encodeSubscribers(requiredSubscribers) ?? ''),
    deleteOnAcknowledge: deleteOnAcknowledge === undefined ? '-' : deleteOnAcknowledge ? '1' : '0',
    deleteWindowMs,
  });
  switch (kind) {
    case 'missing':
      return { kind: 'not-found' };
    case 'settled':
      return { kind: 'already-settled', job };
    case 'deleted':
      return { kind: 'deleted', job };
    case 'amended':
      await ringIfDue(context, jobId, due);
      return { kind: 'amended', job: (await readJob(context, tenant, jobId)) ?? job };
    case null:
    case undefined:
    default:
      throw new Error(`amend-acknowledgement answered ${String(kind)}`);
  }
}

async function ringIfDue(
  context: StoreContext,
  jobId: string,
  [wake, delayMs]: ScriptReply,
): Promise<void> {
  if (delayMs === '') return;
  await ring(context, { jobId, wake: Number(wake), delayMs: Number(delayMs) });
}
