import type { DeleteReading } from '../protocol/statuses/read-delete-response.js';
import type { Cancel, PollAgain, RequestOutcome, Situation } from './decision.js';
import { retryFailed, retryUnanswered } from './retry-failed.js';

/** The outcome of a delete request, and when the cancellation that it belongs to was asked for (epoch ms). */
export interface DeleteOutcome {
  readonly outcome: RequestOutcome<DeleteReading>;
  readonly cancelRequestedAt: number;
}

/**
 * Judges what to do about a tracked job after the delete request that its cancellation asked for. The job is
 * cancelled whatever the provider does; the reason tells whether the export is gone there too. A request that
 * was not heard is sent again, at the pace of failed polls, until the policy's window has passed; the job's
 * deadline has no say in this.
 */
export function decideAfterDelete({
  outcome,
  cancelRequestedAt,
  ...situation
}: Situation & DeleteOutcome): PollAgain | Cancel {
  const decision = judge(outcome, situation);
  const goesOn = decision.next === 'poll-again' && decision.reason !== 'interrupted';
  if (!goesOn || situation.now - cancelRequestedAt < situation.policy.deleteWindowMs) {
    return decision;
  }
  return { next: 'cancel', reason: 'delete-refused', detail: `last request: ${decision.reason}` };
}

/**
 * The end of a cancellation whose delete request could not be sent within the policy's window: an operator had paused
 * polling, or the provider took no requests.
 */
export const cancelUnasked: Cancel = {
  next: 'cancel',
  reason: 'delete-refused',
  detail: 'no request could be sent',
};

function judge(outcome: RequestOutcome<DeleteReading>, situation: Situation): PollAgain | Cancel {
  if (outcome.kind === 'failed') return retryUnanswered(outcome.failure, situation);
  const { reading } = outcome;
  switch (reading.kind) {
    case 'delete-accepted':
      return { next: 'cancel', reason: 'cancelled-by-request' };
    case 'delete-refused':
      return { next: 'cancel', reason: 'delete-refused', detail: reading.detail };
    case 'poll-failed':
      return retryFailed(reading, situation);
  }
}
