import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDice, anyInstant, anyJob, anyPolicy, anyResponse } from '../../tests/arbitraries.js';
import { readDelete } from '../../tests/tracked.js';
import type { FetchFailure } from '../protocol/status-response.js';
import type { DeleteReading } from '../protocol/statuses/read-delete-response.js';
import { decideAfterDelete } from './decide-after-delete.js';
import type { RequestOutcome, TrackedJob } from './decision.js';
import { defaultPolicy } from './policy.js';

const now = Date.UTC(2025, 5, 1, 12);
const day = 86_400_000;
const job: TrackedJob = {
  state: 'in-progress',
  deadlineAt: now - day,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  memory: {},
};

const decide = (outcome: RequestOutcome<DeleteReading>, cancelRequestedAt = now) =>
  decideAfterDelete({ job, outcome, now, policy: defaultPolicy, dice: 0, cancelRequestedAt });
const read = (reading: DeleteReading) => ({ kind: 'read', reading }) as const;
const failed = (reason: FetchFailure['reason']) =>
  ({ kind: 'failed', failure: { reason } }) as const;

describe('decideAfterDelete', () => {
  it('cancels as asked when the provider accepts', () => {
    expect(decide(read({ kind: 'delete-accepted', retryAfter: {} }))).toStrictEqual({
      next: 'cancel',
      reason: 'cancelled-by-request',
    });
  });

  it('cancels and says so when the provider refuses', () => {
    const refused = read({ kind: 'delete-refused', retryAfter: {}, detail: 'Not deletable' });

    expect(decide(refused)).toStrictEqual({
      next: 'cancel',
      reason: 'delete-refused',
      detail: 'Not deletable',
    });
  });

  it('sends a request that was not heard again, deadline or not', () => {
    expect(decide(failed('connection-failed'))).toMatchObject({
      next: 'poll-again',
      delayMs: 5000,
      health: 'unreachable',
      failureCount: 1,
    });
  });

  it('gives up when the window since the cancellation has passed', () => {
    expect(decide(failed('timed-out'), now - day + 1).next).toBe('poll-again');
    expect(decide(failed('timed-out'), now - day)).toStrictEqual({
      next: 'cancel',
      reason: 'delete-refused',
      detail: 'last request: timed-out',
    });
  });

  it('still takes an answer that comes after the window', () => {
    const accepted = read({ kind: 'delete-accepted', retryAfter: {} });

    expect(decide(accepted, now - 2 * day)).toMatchObject({ reason: 'cancelled-by-request' });
  });

  it('does not give up by a request that our own shutdown interrupted', () => {
    expect(decide(failed('interrupted'), now - 2 * day).next).toBe('poll-again');
  });

  it('is total', () => {
    const anySituation = fc.record({
      job: anyJob,
      now: anyInstant,
      cancelRequestedAt: anyInstant,
      policy: anyPolicy,
      dice: anyDice,
    });
    fc.assert(
      fc.property(anySituation, anyResponse, (situation, response) => {
        const outcome = read(readDelete(response));
        expect(['poll-again', 'cancel']).toContain(
          decideAfterDelete({ ...situation, outcome }).next,
        );
      }),
    );
  });
});
