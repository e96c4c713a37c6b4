import { claimedJob } from './claimed-job.js';
import type { ScriptReply } from './define-script.js';
import type { Claim, ClaimResult, SubmittedToken } from './job-store.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { openField } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';

/** Each overdue job stretches the spread of a backlog by this much, up to the longest spread. */
const spreadPerJobMs = 20;
const spreadMaxMs = 30_000;

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
  [epoch, now, dueAt, action, ...fields]: ScriptReply,
): Claim {
  context.clock.observe(Number(now));
  return {
    jobId: wakeUp.jobId,
    wake: wakeUp.wake,
    epoch: Number(epoch),
    action: action === 'delete' ? 'delete' : 'poll',
    claimedAt: Number(now),
    dueAt: Number(dueAt),
    job: claimedJob(context.sealer, wakeUp.jobId, fields),
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
  const { tenant, provider, sealedToken: text } = job;
  if (text === undefined) return { kind: 'none' };
  const opened = openField(sealer, { tenant, jobId, provider, field: 'sealedToken', text });
  return opened.kind === 'opened' ? { kind: 'opened', token: opened.text } : opened;
}
