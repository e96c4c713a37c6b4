import { describe, expect, it } from 'vitest';
import { createRecorder } from './provider-record.js';

const setUp = (limit?: number) => {
  let nowMs = 0;
  const recorder = createRecorder({ limit, clockMs: () => nowMs });
  const begin = (exportId: string, method = 'GET') =>
    recorder.begin({
      exportId,
      method,
      page: null,
      path: '/',
      isOtherOrigin: false,
      requestId: '',
      accept: null,
      hasAuthorization: true,
      hasForeignToken: false,
      authorized: true,
    });
  return {
    record: recorder.record,
    begin,
    at: (ms: number) => {
      nowMs = ms;
    },
    /** A request that is answered at once, asking for a delay. */
    answered(exportId: string, atMs: number, retryAfterMs: number | null, method = 'GET') {
      nowMs = atMs;
      begin(exportId, method)({ status: 202, answeredAtMs: atMs, retryAfterMs });
    },
  };
};

describe('earlyPolls', () => {
  it('judges each poll by the last answer of the same export', () => {
    const { record, answered } = setUp();
    answered('a', 0, 1_000);
    answered('b', 10, 5_000);
    answered('a', 1_000, 1_000);
    answered('a', 1_999, 1_000);
    answered('b', 5_009, null);
    answered('b', 5_010, null);
    expect(record.earlyPolls().map(({ receivedAtMs }) => receivedAtMs)).toEqual([1_999, 5_009]);
    expect(record.earlyPolls(1)).toEqual([]);
  });

  it('does not count an answer that did not go out whole, and keeps to the one before', () => {
    const { record, answered, begin, at } = setUp();
    answered('a', 0, 1_000);
    at(1_000);
    begin('a')({ status: 202, answeredAtMs: null, retryAfterMs: 60_000 });
    answered('a', 1_100, 1_000);
    expect(record.earlyPolls()).toEqual([]);
    answered('a', 2_000, null);
    expect(record.earlyPolls()).toHaveLength(1);
  });

  it('lets a delete request come at any time', () => {
    const { record, answered } = setUp();
    answered('a', 0, 1_000);
    answered('a', 1, null, 'DELETE');
    expect(record.earlyPolls()).toEqual([]);
  });
});

describe('maxConcurrency', () => {
  it('is the most requests in flight at once, of all exports or of one', () => {
    const { record, begin, at } = setUp();
    at(10);
    const endA = begin('a');
    begin('b');
    expect(record.maxConcurrency()).toBe(2);
    at(20);
    endA({ status: null, answeredAtMs: null, retryAfterMs: null });
    begin('a');
    expect([record.maxConcurrency(), record.maxConcurrency('a')]).toEqual([2, 1]);
    expect(record.maxConcurrency('c')).toBe(0);
  });
});

describe('record', () => {
  it('forgets the oldest beyond its limit and says how many', () => {
    const { record, answered } = setUp(2);
    for (let ms = 0; ms < 5; ms += 1) answered('a', ms, null);
    expect(record.requests.map(({ receivedAtMs }) => receivedAtMs)).toEqual([3, 4]);
    expect(record.forgotten).toBe(3);
  });
});
