import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyContext, anyResponse } from '../../../tests/arbitraries.js';
import { readStatus, receivedAt } from '../../../tests/tracked.js';

const readingOf = (status: number, body = '') =>
  readStatus({ status, headers: {}, body: new TextEncoder().encode(body), receivedAt });

/** The rows of the decision table themselves are in `fixtures/`. */
describe('the readers of statuses', () => {
  it('gives every status that a server can send a reading', () => {
    const kinds = (from: number, to: number) =>
      new Set(Array.from({ length: to - from }, (_, index) => readingOf(from + index).kind));

    expect(kinds(100, 200)).toEqual(new Set(['poll-failed']));
    expect(kinds(200, 300)).toEqual(new Set(['poll-failed', 'in-progress']));
    expect(kinds(300, 400)).toEqual(new Set(['poll-failed', 'in-progress']));
    expect(kinds(400, 500)).toEqual(new Set(['poll-failed', 'export-failed', 'not-acceptable']));
    expect(kinds(500, 600)).toEqual(new Set(['poll-failed', 'export-failed']));
  });

  it.each([0, -1, 99, 600, 999, 404.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'takes the impossible status %d for a failed poll',
    (status) => {
      expect(readingOf(status)).toMatchObject({ kind: 'poll-failed', reason: 'provider-error' });
    },
  );

  it('completes on nothing but a manifest under 200', () => {
    const manifest = '{"transactionTime":"2025-06-01T11:00:00Z","output":[]}';
    const completing = Array.from({ length: 500 }, (_, index) => index + 100).filter(
      (status) => readingOf(status, manifest).kind === 'complete',
    );

    expect(completing).toEqual([200]);
  });

  it.each([408, 425])('sets no budget for %d, which is transient by itself', (status) => {
    const outcome = '{"resourceType":"OperationOutcome","issue":[{"code":"processing"}]}';

    expect(readingOf(status, outcome)).toMatchObject({ reason: 'provider-error' });
    expect(readingOf(status, outcome)).not.toHaveProperty('budget');
  });

  it('never throws, and always says the same of the same answer', () => {
    fc.assert(
      fc.property(anyResponse, anyContext, (response, context) => {
        expect(readStatus(response, context)).toStrictEqual(readStatus(response, context));
      }),
      { numRuns: 200 },
    );
  });

  it('bounds every text that it takes from an answer', () => {
    fc.assert(
      fc.property(anyResponse, anyContext, (response, context) => {
        const reading = readStatus(response, context);
        const detail = 'detail' in reading ? (reading.detail ?? '') : '';
        expect(detail.length).toBeLessThanOrEqual(300);
        expect((reading.progress ?? '').length).toBeLessThanOrEqual(100);
        expect((reading.requestId ?? '').length).toBeLessThanOrEqual(128);
      }),
    );
  });
});
