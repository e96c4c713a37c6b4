import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDice, anyInstant, anyJob, anyPolicy, anyResponse } from '../../tests/arbitraries.js';
import { readDelete } from '../../tests/tracked.js';
import type { FetchFailure } from '../protocol/status-response.js';
import type { DeleteReading } from '../protocol/statuses/read-delete-response.js';
import { decideCleanUp } from './decide-clean-up.js';
import type { RequestOutcome } from './decision.js';
import { defaultPolicy } from './policy.js';

const now = Date.UTC(2025, 5, 1, 12);
const job = { failureCount: 0, backoffCount: 0, suspectCount: 0, memory: {} };

const decide = (outcome: RequestOutcome<DeleteReading>, until = now + 60_000) =>
  decideCleanUp({ job, outcome, now, policy: defaultPolicy, dice: 0, until });
const failed = (reason: FetchFailure['reason']) =>
  ({ kind: 'failed', failure: { reason } }) as const;
const answered = (status: number) => {
  const response = { status, headers: {}, body: new Uint8Array(), receivedAt: now };
  return { kind: 'read', reading: readDelete(response) } as const;
};

describe('decideCleanUp', () => {
  it.each([200, 202, 204, 404, 410])('takes %i for deleted', (status) => {
    expect(decide(answered(status))).toEqual({ next: 'cleaned-up' });
  });

  it.each([400, 405, 409, 501])('takes %i for a refusal, which ends it', (status) => {
    expect(decide(answered(status))).toMatchObject({
      next: 'clean-up-failed',
      reason: 'delete-refused',
      detail: expect.stringContaining(String(status)) as string,
    });
  });

  it.each([401, 429, 503])('sends it again after %i', (status) => {
    expect(decide(answered(status)).next).toBe('poll-again');
  });

  it('sends again what was not heard until its time is up, and says why it gave up', () => {
    expect(decide(failed('connection-failed'))).toMatchObject({
      next: 'poll-again',
      delayMs: 5000,
    });
    expect(decide(failed('connection-failed'), now)).toEqual({
      next: 'clean-up-failed',
      reason: 'connection-failed',
    });
  });

  it('does not count a request that our own shutdown cut off', () => {
    expect(decide(failed('interrupted'), now - 1).next).toBe('poll-again');
  });

  it('always decides, and never ends the tracking', () => {
    const answers = fc.tuple(anyResponse, anyJob, anyPolicy, anyDice, anyInstant);
    fc.assert(
      fc.property(answers, ([response, anyOne, policy, dice, until]) => {
        const outcome = { kind: 'read', reading: readDelete(response) } as const;
        const { next } = decideCleanUp({ job: anyOne, outcome, now, policy, dice, until });
        expect(['poll-again', 'cleaned-up', 'clean-up-failed']).toContain(next);
      }),
    );
  });
});
