import { type PollHealth, type Reason, reasons } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import { readHints } from '../protocol/headers/reading-hints.js';
import type { PollFailedReading } from '../protocol/status-reading.js';
import type { FetchFailure } from '../protocol/status-response.js';
import type { PollAgain, Situation, TrackingPolicy } from './decision.js';
import { applyRetryAfter, growingWait, ownDelay } from './pace.js';
import { suspectAgain, suspicionOf } from './suspicion.js';

/**
 * Goes on after an answer that says nothing about the export. The wait grows with the failures in a row and
 * is never shorter than the provider's Retry-After; only the latter holds back the provider's other jobs,
 * since a back-off of ours tells of this job alone.
 */
export function retryFailed(reading: PollFailedReading, situation: Situation): PollAgain {
  const { job, now, policy, dice } = situation;
  const asked = applyRetryAfter(reading.retryAfter, policy);
  const pace = paceOf(reading.reason, asked.delayMs !== undefined, policy);
  const ownMs = ownDelay(growingWait(pace, job.failureCount), policy, dice);
  return {
    next: 'poll-again',
    delayMs: Math.max(ownMs, asked.delayMs ?? 0),
    health: reading.health,
    reason: reading.reason,
    inProgress: false,
    progressed: false,
    failureCount: job.failureCount + 1,
    failingSince: job.failingSince ?? now,
    backoffCount: job.backoffCount,
    ...(reading.budget ? suspectAgain(job, reading.reason) : suspicionOf(job)),
    ...defined({
      requestedDelayMs: reading.retryAfter.delayMs,
      detail: reading.detail,
      pauseProviderMs: reading.wholeProvider ? stretched(asked.delayMs, situation) : undefined,
    }),
    anomalies: asked.anomalies,
  };
}

/** Who was sent away together by a provider comes back a little after each other: a fleet is not alone there. */
function stretched(waitMs: number | undefined, { policy, dice }: Situation): number | undefined {
  return waitMs === undefined ? undefined : Math.ceil(waitMs * (1 + policy.jitterShare * dice));
}

/**
 * Goes on after a request that brought no answer, or was not even sent. One that ran out of time may have been
 * answered all the same, for a process that was paused sees its deadline before it sees the answer: the next poll
 * keeps the wait that this provider is known to ask for.
 */
export function retryUnanswered(failure: FetchFailure, situation: Situation): PollAgain {
  const { reason, detail, head, retryAfterMs = 0 } = failure;
  if (reason === 'interrupted') return retryInterrupted(failure, situation);
  const again = retryFailed(
    {
      kind: 'poll-failed',
      retryAfter: head ? readHints({ ...head, receivedAt: situation.now }).retryAfter : {},
      reason,
      health: healths[reason],
      ...defined({ detail }),
    },
    situation,
  );
  const unseenMs = reason === 'timed-out' ? (situation.job.retryAfterMs ?? 0) : 0;
  const askedMs = Math.max(retryAfterMs, unseenMs);
  const leastMs = Math.ceil(Math.min(askedMs, situation.policy.ceilingMs));
  return { ...again, delayMs: Math.max(again.delayMs, leastMs) };
}

/** Our own shutdown is nobody's failure: nothing is counted and nothing that was known is forgotten. */
function retryInterrupted({ reason, detail }: FetchFailure, { job, policy }: Situation): PollAgain {
  const { health = 'ok', failureCount, failingSince, backoffCount } = job;
  return {
    next: 'poll-again',
    delayMs: Math.ceil(policy.floorMs),
    health,
    reason,
    inProgress: false,
    progressed: false,
    failureCount,
    backoffCount,
    ...suspicionOf(job),
    ...defined({ detail, failingSince }),
    anomalies: [],
  };
}

function paceOf(reason: Reason, hasRetryAfter: boolean, policy: TrackingPolicy) {
  if (reasons[reason].verdict === 'ask-operator') return policy.blocked;
  return reason === 'rate-limited' && !hasRetryAfter ? policy.rateLimited : policy.retry;
}

const healths: Readonly<Record<Exclude<FetchFailure['reason'], 'interrupted'>, PollHealth>> = {
  'connection-failed': 'unreachable',
  'tls-failed': 'unreachable',
  'timed-out': 'unreachable',
  'response-too-large': 'provider-error',
  'response-unreadable': 'provider-error',
  'provider-not-allowed': 'auth-blocked',
  'preset-missing': 'auth-blocked',
  'credential-missing': 'auth-blocked',
  'token-unavailable': 'unreachable',
  'token-refused': 'auth-blocked',
  'auth-rejected': 'auth-blocked',
};
