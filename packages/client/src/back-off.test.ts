import { describe, expect, it } from 'vitest';
import { backOffMs, mayPass } from './back-off.js';
import { BulkwatchError } from './bulkwatch-error.js';

describe('the wait before the next try', () => {
  it('is never shorter than what the api asked for', () => {
    for (const tries of [1, 2, 20]) expect(backOffMs(tries, 5_000, 0)).toBe(5_000);
  });

  it('is longer by chance, up to a bound that doubles and ends', () => {
    expect([1, 2, 3, 20].map((tries) => backOffMs(tries, 1_000, 1))).toEqual([
      1_250, 1_500, 2_000, 11_000,
    ]);
  });
});

describe('what may pass by itself', () => {
  const error = (status: number | undefined, reason = 'internal-error') =>
    new BulkwatchError({ reason, says: 'x', status });

  it.each([
    [error(429), true, true],
    [error(503), true, false],
    [error(502), true, false],
    [error(undefined, 'timed-out'), true, false],
    [error(undefined, 'connection-failed'), true, false],
    [error(500), false, false],
    [error(409), false, false],
    [error(200, 'response-unreadable'), false, false],
    [new Error('a fault of the caller'), false, false],
  ])('%s: %j, and %j where it must not happen twice', (reason, passes, once) => {
    expect(mayPass(reason)).toBe(passes);
    expect(mayPass(reason, { once: true })).toBe(once);
  });
});
