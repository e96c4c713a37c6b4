import { defined } from '../defined.js';
import type {
  CompleteReading,
  ExportFailedReading,
  InProgressReading,
  PollFailedReading,
  StatusReading,
} from '../protocol/status-reading.js';
import type { Complete, Decision, Fail, PollAgain, RequestOutcome, Situation } from './decision.js';
import { applyRetryAfter, growingWait, ownDelay } from './pace.js';
import { retryFailed, retryUnanswered } from './retry-failed.js';
import { suspectAgain, suspectCountOf } from './suspicion.js';

/**
 * Judges what to do about a tracked job after a poll. Total and pure: the same arguments always lead to the
 * same decision. The deadline ends only what would otherwise be polled again; a poll that completes or fails
 * after it counts as what it is, and one that our own shutdown interrupted says nothing, so the next one does.
 */
export function decideNextStep({
  outcome,
  ...situation
}: Situation & { readonly outcome: RequestOutcome<StatusReading> }): Decision {
  const decision =
    outcome.kind === 'read'
      ? judge(outcome.reading, situation)
      : retryUnanswered(outcome.failure, situation);
  const goesOn = decision.next === 'poll-again' && decision.reason !== 'interrupted';
  if (!goesOn || situation.now < situation.job.deadlineAt) return decision;
  const { reason } = decision;
  const detail = reason && `last poll: ${reason}`;
  return { next: 'abandon', reason: 'tracking-deadline', ...defined({ detail }) };
}

function judge(reading: StatusReading, situation: Situation): Decision {
  switch (reading.kind) {
    case 'in-progress':
      return afterInProgress(reading, situation);
    case 'complete':
      return afterComplete(reading);
    case 'export-failed':
      return afterExportFailed(reading, situation);
    case 'poll-failed':
      return afterPollFailed(reading, situation);
  }
}

/** A clean answer clears all failures and suspicions. Without a usable Retry-After our own back-off grows. */
function afterInProgress(
  { retryAfter, progress, progressPercent }: InProgressReading,
  { job, policy, dice }: Situation,
): PollAgain {
  const asked = applyRetryAfter(retryAfter, policy);
  const hasProgressed = progress !== undefined && progress !== job.progress;
  return {
    next: 'poll-again',
    delayMs: asked.delayMs ?? ownDelay(growingWait(policy.backoff, job.backoffCount), policy, dice),
    health: 'ok',
    inProgress: true,
    progressed: job.state === 'registered' || hasProgressed,
    failureCount: 0,
    backoffCount: asked.delayMs === undefined ? job.backoffCount + 1 : 0,
    suspectCount: 0,
    ...defined({ requestedDelayMs: retryAfter.delayMs, progress, progressPercent }),
    anomalies: asked.anomalies,
  };
}

function afterComplete(reading: CompleteReading): Complete {
  const { manifest, summary, onlyByReference, expiresAt, progress, progressPercent, anomalies } =
    reading;
  return {
    next: 'complete',
    manifest,
    summary,
    ...defined({ onlyByReference, expiresAt, progress, progressPercent }),
    anomalies,
  };
}

/**
 * A plain verdict is believed once it has been confirmed, each confirmation spaced further apart than the one
 * before: one that is wrong for a moment (a deployment, a lagging replica) is likely to be wrong a moment later.
 */
function afterExportFailed(reading: ExportFailedReading, situation: Situation): Decision {
  const { job, policy, dice } = situation;
  const { reason, confirmations } = reading;
  const seenBefore = suspectCountOf(job, reason);
  if (seenBefore >= confirmations) return fail(reading);
  const asked = applyRetryAfter(reading.retryAfter, policy);
  const pace = { baseMs: policy.confirmationMs, capMs: policy.ceilingMs };
  const ownMs = ownDelay(growingWait(pace, seenBefore), policy, dice);
  return {
    next: 'poll-again',
    delayMs: Math.max(ownMs, asked.delayMs ?? 0),
    health: 'provider-error',
    reason,
    inProgress: false,
    progressed: false,
    failureCount: job.failureCount,
    backoffCount: job.backoffCount,
    ...suspectAgain(job, reason),
    ...defined({
      requestedDelayMs: reading.retryAfter.delayMs,
      detail: reading.detail,
      failingSince: job.failingSince,
    }),
    anomalies: asked.anomalies,
  };
}

/** An ambiguous answer ends the export only when its budget is spent, in tries and in time. */
function afterPollFailed(reading: PollFailedReading, situation: Situation): Decision {
  const { job, now } = situation;
  const { budget, reason } = reading;
  const isSpent =
    budget !== undefined &&
    suspectCountOf(job, reason) + 1 >= budget.tries &&
    now - (job.failingSince ?? now) >= budget.windowMs;
  return isSpent ? fail({ ...reading, reason: budget.reason }) : retryFailed(reading, situation);
}

function fail({ reason, detail }: Pick<Fail, 'reason' | 'detail'>): Fail {
  return { next: 'fail', reason, ...defined({ detail }) };
}
