import type { Hold } from '@bulkwatch/contract';
import { defaultPolicy } from '@bulkwatch/core';
import { claimedJob } from './claimed-job.js';
import type { ScriptReply } from './define-script.js';
import { exportHistory, historyFields } from './export-history.js';
import { gateLimitsText } from './gate-limits.js';
import { present } from './job-record.js';
import type { Claim, ClaimResult, SubmittedToken } from './job-store.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { openField } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';
import { yielding } from './wake-up-queue.js';

/** How often, in ms, jobs that an operator has paused with many others look whether they still are. */
const pauseLook = { shortestMs: 10_000, longestMs: 30 * 60_000 };

/**
 * Asks for the right to send one request. `nonce` is new for every call by the caller and the same for every
 * resend by the client; `dice` in [0, 1) spreads those that an operator paused.
 */
export async function claimPoll(
  context: StoreContext,
  wakeUp: { jobId: string; wake: number },
  chance: { nonce: string; dice: number },
): Promise<ClaimResult> {
  const { limits } = context;
  const [kind, ...values] = await scripts.claimPoll(
    context.redis,
    {
      job: keys.job(wakeUp.jobId),
      due: keys.due,
      providers: keys.providers,
      house: keys.house,
    },
    {
      jobId: wakeUp.jobId,
      wake: wakeUp.wake,
      nonce: chance.nonce,
      requestBudgetMs: limits.requestBudgetMs,
      floorMs: limits.retryAfterFloorMs,
      limits: gateLimitsText(limits.gate),
      pauseLookMinMs: pauseLook.shortestMs,
      pauseLookMaxMs: pauseLook.longestMs,
      dice: chance.dice,
      deleteWindowMs: defaultPolicy.deleteWindowMs,
    },
  );
  switch (kind) {
    case 'claimed':
      return { kind, claim: claimOf(context, { ...wakeUp, nonce: chance.nonce }, values) };
    case 'early':
      context.clock.observe(Number(values[1]));
      return { kind, remainingMs: Number(values[0]), ...heldBy(values[2]), ...yielding(values[3]) };
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

const heldBy = (word: ScriptReply[number] | undefined) => (word ? { heldBy: word as Hold } : {});

function claimOf(
  context: StoreContext,
  asked: { jobId: string; wake: number; nonce: string },
  [epoch, now, dueAt, action, ...known]: ScriptReply,
): Claim {
  context.clock.observe(Number(now));
  const history = exportHistory(known);
  const fields = known.slice(historyFields.length);
  return {
    jobId: asked.jobId,
    wake: asked.wake,
    nonce: asked.nonce,
    epoch: Number(epoch),
    action: action as Claim['action'],
    claimedAt: Number(now),
    dueAt: Number(dueAt),
    job: claimedJob(context.sealer, asked.jobId, fields),
    ...present({ history }),
  };
}

/** Gives an unused claim back: nothing was sent under it, so the job is due at once, or when it has waited so long. */
export async function releaseClaim(context: StoreContext, claim: Claim, waitMs = 0): Promise<void> {
  await scripts.releaseClaim(
    context.redis,
    { job: keys.job(claim.jobId), due: keys.due, provider: keys.provider(claim.job.provider) },
    { jobId: claim.jobId, epoch: claim.epoch, waitMs, nonce: claim.nonce },
  );
}

/** Opens the token that was submitted with the job, if there was one. */
export function submittedToken({ sealer }: StoreContext, { jobId, job }: Claim): SubmittedToken {
  const { tenant, provider, sealedToken: text } = job;
  if (text === undefined) return { kind: 'none' };
  const opened = openField(sealer, { tenant, jobId, provider, field: 'sealedToken', text });
  return opened.kind === 'opened' ? { kind: 'opened', token: opened.text } : opened;
}
