import type { PollHealth, Reason } from '@bulkwatch/contract';
import { readPollMemory } from '@bulkwatch/core';
import { present } from './job-record.js';
import type { Claim, ClaimedJob, ClaimResult, SubmittedToken } from './job-store.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { type StoreContext, tokenContext } from './store-context.js';

/** Each overdue job stretches the spread of a backlog by this much, up to the longest spread. */
const spreadPerJobMs = 20;
const spreadMaxMs = 30_000;

type Value = string | number | null | undefined;

/**
 * Asks for the right to send one request. `nonce` is new for every call by the caller and the same for every
 * resend by the client; `dice` in [0, 1) spreads overdue polls.
 */
export async function claimPoll(
  context: StoreContext,
  wakeUp: { jobId: string; wake: number },
  chance: { nonce: string; dice: number },
): Promise<ClaimResult> {
  const { limits } = context;
  const [kind, ...values] = await scripts.claimPoll(
    context.redis,
    { job: keys.job(wakeUp.jobId), due: keys.due, providers: keys.providers },
    {
      jobId: wakeUp.jobId,
      wake: wakeUp.wake,
      nonce: chance.nonce,
      requestBudgetMs: limits.requestBudgetMs,
      floorMs: limits.retryAfterFloorMs,
      overdueToleranceMs: limits.overdueToleranceMs,
      spreadPerJobMs,
      spreadMaxMs,
      dice: chance.dice,
    },
  );
  switch (kind) {
    case 'claimed':
      return { kind, claim: claimOf(context, wakeUp, values) };
    case 'early':
      context.clock.observe(Number(values[1]));
      return { kind, remainingMs: Number(values[0]) };
    case 'missing':
    case 'settled':
    case 'superseded':
      return { kind: 'dropped', why: kind };
    case null:
    case undefined:
    default:
      throw new Error(`claim-poll answered ${String(kind)}`);
  }
}

function claimOf(
  context: StoreContext,
  wakeUp: { jobId: string; wake: number },
  [epoch, now, dueAt, action, ...fields]: readonly Value[],
): Claim {
  context.clock.observe(Number(now));
  return {
    jobId: wakeUp.jobId,
    wake: wakeUp.wake,
    epoch: Number(epoch),
    action: action === 'delete' ? 'delete' : 'poll',
    claimedAt: Number(now),
    dueAt: Number(dueAt),
    job: claimedJob(fields),
  };
}

const text = (value: Value): string | undefined => (value === null ? undefined : value?.toString());
const number = (value: Value): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

function claimedJob(fields: readonly Value[]): ClaimedJob {
  const [
    tenant,
    statusUrl,
    protocol,
    provider,
    credential,
    sealedToken,
    state,
    progress,
    ...tracking
  ] = fields;
  const [
    deadlineAt,
    failureCount,
    failingSince,
    backoffCount,
    suspectReason,
    suspectCount,
    cancelRequestedAt,
    preset,
    health,
    memory,
    retryAfterMs,
  ] = tracking;
  return {
    tenant: text(tenant) ?? '',
    statusUrl: text(statusUrl) ?? '',
    protocol: text(protocol) ?? '',
    provider: text(provider) ?? '',
    state: state === 'in-progress' ? 'in-progress' : 'registered',
    deadlineAt: number(deadlineAt) ?? 0,
    failureCount: number(failureCount) ?? 0,
    backoffCount: number(backoffCount) ?? 0,
    suspectCount: number(suspectCount) ?? 0,
    memory: readPollMemory(text(memory)),
    ...present({
      preset: text(preset),
      credential: text(credential),
      sealedToken: text(sealedToken),
      health: text(health) as PollHealth | undefined,
      progress: text(progress),
      failingSince: number(failingSince),
      suspectReason: text(suspectReason) as Reason | undefined,
      cancelRequestedAt: number(cancelRequestedAt),
      retryAfterMs: number(retryAfterMs),
    }),
  };
}

/** Gives an unused claim back: nothing was sent under it, so the job is due at once. */
export async function releaseClaim(context: StoreContext, claim: Claim): Promise<void> {
  await scripts.releaseClaim(
    context.redis,
    { job: keys.job(claim.jobId), due: keys.due },
    { jobId: claim.jobId, epoch: claim.epoch },
  );
}

/** Opens the token that was submitted with the job, if there was one. */
export function submittedToken({ sealer }: StoreContext, { jobId, job }: Claim): SubmittedToken {
  if (job.sealedToken === undefined) return { kind: 'none' };
  const token = sealer?.open(
    job.sealedToken,
    tokenContext({ tenant: job.tenant, jobId, provider: job.provider }),
  );
  return token === undefined ? { kind: 'unopenable' } : { kind: 'opened', token };
}
