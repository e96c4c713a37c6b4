import type { Reason } from '@bulkwatch/contract';
import type { DeleteReading } from '../protocol/statuses/read-delete-response.js';
import type { CompletedJob, RefreshDecision } from './decide-refresh.js';
import type { Decision, PollAgain, RequestOutcome, Situation } from './decision.js';
import { retryFailed, retryUnanswered } from './retry-failed.js';

/** The provider took the delete request of a completed job, or has nothing to delete any more. */
export interface CleanedUp {
  readonly next: 'cleaned-up';
}

/** The files stay at the provider for as long as it keeps them. */
export interface CleanUpFailed {
  readonly next: 'clean-up-failed';
  readonly reason: Reason;
  readonly detail?: string;
}

/** What the store can act on, of the delete request that follows an acknowledgement. */
export type CleanUpDecision = PollAgain | CleanedUp | CleanUpFailed;

/** What the store can act on, whatever a request was for. */
export type AnyDecision = Decision | RefreshDecision | CleanUpDecision;

/** A delete request of a completed job, and what it rests on. */
export interface CleanUpSituation extends Omit<Situation, 'job'> {
  readonly job: CompletedJob;
  readonly outcome: RequestOutcome<DeleteReading>;
  /** Until when it is tried; epoch ms. */
  readonly until: number;
}

/**
 * Judges what to do about a completed and acknowledged job after its delete request. Files that are gone already are as
 * good as deleted, which is what sets it apart from the delete request of a cancellation: there a 410 may mean that the
 * export came first. A request that was not heard is sent again, at the pace of failed polls, until its time is up.
 */
export function decideCleanUp({
  outcome,
  until,
  job,
  ...asked
}: CleanUpSituation): CleanUpDecision {
  // What paces the next request depends neither on a state nor on a deadline.
  const situation: Situation = {
    ...asked,
    job: { ...job, state: 'in-progress', deadlineAt: until },
  };
  const decision = judge(outcome, situation);
  if (decision.next !== 'poll-again' || decision.reason === 'interrupted') return decision;
  if (situation.now < until) return decision;
  return { next: 'clean-up-failed', reason: decision.reason ?? 'delete-refused' };
}

/** The end of a clean-up whose request could not be sent in time: polling was paused, or the provider took none. */
export const cleanUpUnasked: CleanUpFailed = {
  next: 'clean-up-failed',
  reason: 'delete-refused',
  detail: 'no request could be sent',
};

function judge(outcome: RequestOutcome<DeleteReading>, situation: Situation): CleanUpDecision {
  if (outcome.kind === 'failed') return retryUnanswered(outcome.failure, situation);
  const { reading } = outcome;
  switch (reading.kind) {
    case 'delete-accepted':
      return { next: 'cleaned-up' };
    case 'delete-refused':
      return reading.isGone
        ? { next: 'cleaned-up' }
        : { next: 'clean-up-failed', reason: 'delete-refused', detail: reading.detail };
    case 'poll-failed':
      return retryFailed(reading, situation);
  }
}
