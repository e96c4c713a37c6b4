import { describe, expect, it } from 'vitest';
import {
  errorDetail,
  readAuthRejected,
  readProviderError,
  readRateLimited,
  readRedirect,
} from './read-poll-failure.js';
import type { StatusResponse } from './status-response.js';

const hints = { retryAfter: {}, requestId: 'r-1' };

function answer(
  status: number,
  options: { headers?: StatusResponse['headers']; body?: string } = {},
): StatusResponse {
  const body = new TextEncoder().encode(options.body ?? '');
  return { status, headers: options.headers ?? {}, body, receivedAt: Date.UTC(2025, 5, 1) };
}

describe('errorDetail', () => {
  it("prefers the provider's words to the status", () => {
    const body = '{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Disk full"}]}';

    expect(errorDetail(answer(500, { body }))).toBe('Disk full');
    expect(errorDetail(answer(500, { body: 'Disk full' }))).toBe('HTTP 500');
  });
});

describe('the readers of failed polls', () => {
  it('set no budget where only the deadline may end the job', () => {
    for (const read of [readProviderError, readAuthRejected, readRateLimited]) {
      expect(read(answer(500), hints)).not.toHaveProperty('budget');
    }
  });

  it('take the wait of a 429 for none where it is beyond all reason', () => {
    const waitOf = (delayMs: number) =>
      readRateLimited(answer(429), { retryAfter: { delayMs } }).retryAfter;

    expect(waitOf(1e12 - 1)).toStrictEqual({ delayMs: 1e12 - 1 });
    expect(waitOf(1e12)).toStrictEqual({ anomaly: 'retry-after-unreadable' });
  });

  it('keep what the headers said', () => {
    expect(readRateLimited(answer(429), hints)).toStrictEqual({
      ...hints,
      kind: 'poll-failed',
      reason: 'rate-limited',
      health: 'rate-limited',
      detail: 'HTTP 429',
      wholeProvider: true,
    });
  });
});

describe('readRedirect', () => {
  it.each([
    ['https://user:secret@files.example:8443/a?token=secret#b', ' to https://files.example:8443'],
    ['HTTP://169.254.169.254/latest', ' to http://169.254.169.254'],
    ['/relative?token=secret', ''],
    ['//files.example/secret', ''],
    ['javascript:alert(1)', ''],
    ['https://', ''],
    ['', ''],
  ])('tells only the origin of %j', (location, told) => {
    const { detail } = readRedirect(answer(307, { headers: { location } }), hints);

    expect(detail).toBe(`HTTP 307${told}`);
  });

  it('does without a Location', () => {
    expect(readRedirect(answer(303), hints).detail).toBe('HTTP 303');
  });
});
