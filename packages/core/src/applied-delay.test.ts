import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDice, anyJob, anyPolicy, anyResponse } from '../tests/arbitraries.js';
import { readStatus } from '../tests/tracked.js';
import type { StatusResponse } from './protocol/status-response.js';
import { decideNextStep } from './tracking/decide-next-step.js';
import type { PollAgain, TrackedJob, TrackingPolicy } from './tracking/decision.js';

interface Poll {
  readonly response: StatusResponse;
  readonly job: TrackedJob;
  readonly policy: TrackingPolicy;
  readonly dice: number;
}

/** From the bytes of an answer to the wait before the next poll, the deadline being far away. */
function pollAgain({ response, job, policy, dice }: Poll): PollAgain | undefined {
  const decision = decideNextStep({
    job: { ...job, deadlineAt: Number.POSITIVE_INFINITY },
    outcome: { kind: 'read', reading: readStatus(response) },
    now: response.receivedAt,
    policy,
    dice,
  });
  return decision.next === 'poll-again' ? decision : undefined;
}

const receivedAt = Date.UTC(2025, 5, 1, 12);
const answer = (status: number, headers: StatusResponse['headers']): StatusResponse => ({
  status,
  headers,
  body: new Uint8Array(),
  receivedAt,
});
const utcText = (instant: number): string => new Date(instant).toUTCString();

/** A wait in s, written in every way that is understood, and the clock of the server that asks for it. */
const validWait = fc
  .record({
    seconds: fc.nat(7 * 86_400),
    clockErrorMs: fc.integer({ min: -1e6, max: 1e6 }).map((seconds) => seconds * 1000),
    form: fc.nat(6),
  })
  .map(({ seconds, clockErrorMs, form }) => {
    const sentAt = receivedAt + clockErrorMs;
    const until = sentAt + seconds * 1000;
    const headers = [
      { 'retry-after': String(seconds) },
      { 'retry-after': utcText(until) },
      { 'retry-after': String(until / 1000) },
      { 'retry-after': String(until) },
      { 'retry-after': ['-1', String(seconds), '0'] },
      { 'retry-after': '?', 'x-retryafter': String(seconds) },
      { 'x-ms-retry-after-ms': String(seconds * 1000) },
    ];
    return { waitMs: seconds * 1000, headers: { date: utcText(sentAt), ...headers[form] } };
  });

describe('the wait that is applied', () => {
  const tracking = { job: anyJob, policy: anyPolicy, dice: anyDice };

  it('is whole ms from floor to ceiling plus jitter, whatever the answer', () => {
    fc.assert(
      fc.property(fc.record({ ...tracking, response: anyResponse }), (anyPoll) => {
        const again = pollAgain(anyPoll);
        fc.pre(again !== undefined);
        const { floorMs, ceilingMs, jitterShare } = anyPoll.policy;
        expect(Number.isSafeInteger(again.delayMs)).toBe(true);
        expect(again.delayMs).toBeGreaterThanOrEqual(floorMs);
        expect(again.delayMs).toBeLessThanOrEqual(Math.ceil(ceilingMs * (1 + jitterShare)));
      }),
      { numRuns: 300 },
    );
  });

  it('is never below a valid wait up to the ceiling, in whatever form it came', () => {
    const status = fc.constantFrom(202, 304, 401, 404, 409, 429, 500, 502, 503);
    const validPoll = fc.record({ ...tracking, status, wait: validWait });
    fc.assert(
      fc.property(validPoll, ({ status: answered, wait, ...anyPoll }) => {
        const again = pollAgain({ ...anyPoll, response: answer(answered, wait.headers) });
        fc.pre(again !== undefined);
        expect(again.requestedDelayMs).toBe(wait.waitMs);
        expect(again.delayMs).toBeGreaterThanOrEqual(
          Math.min(wait.waitMs, anyPoll.policy.ceilingMs),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is exactly the valid wait, within floor and ceiling, while the export goes on', () => {
    fc.assert(
      fc.property(fc.record({ ...tracking, wait: validWait }), ({ wait, ...anyPoll }) => {
        const response = answer(202, wait.headers);
        const { floorMs, ceilingMs } = anyPoll.policy;
        expect(pollAgain({ ...anyPoll, response })?.delayMs).toBe(
          Math.min(Math.max(wait.waitMs, floorMs), ceilingMs),
        );
      }),
    );
  });
});
