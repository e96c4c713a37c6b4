import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../tests/tracked.js';
import { genericPreset } from '../../presets/built-in-presets.js';
import type { StatusResponse } from '../status-response.js';
import {
  errorDetail,
  readAuthRejected,
  readProviderError,
  readRateLimited,
} from './read-poll-failure.js';

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
      expect(read(answer(500), hints, contextOf())).not.toHaveProperty('budget');
    }
  });

  it('take the wait of a 429 for none where it is beyond all reason', () => {
    const waitOf = (delayMs: number) =>
      readRateLimited(answer(429), { retryAfter: { delayMs } }, contextOf()).retryAfter;

    expect(waitOf(1e12 - 1)).toStrictEqual({ delayMs: 1e12 - 1 });
    expect(waitOf(1e12)).toStrictEqual({ anomaly: 'retry-after-unreadable' });
  });

  it('keep what the headers said', () => {
    expect(readRateLimited(answer(429), hints, contextOf())).toStrictEqual({
      ...hints,
      kind: 'poll-failed',
      reason: 'rate-limited',
      health: 'rate-limited',
      detail: 'HTTP 429',
      wholeProvider: true,
    });
  });

  it('leave the other jobs alone where the preset says that the wait is the one of the job', () => {
    const retryAfter = { jobStatuses: [429 as const] };
    const context = contextOf({ preset: { ...genericPreset, retryAfter } });
    const throttled = answer(400);

    expect(readRateLimited(answer(429), hints, context)).not.toHaveProperty('wholeProvider');
    expect(readRateLimited(throttled, hints, context)).toMatchObject({ wholeProvider: true });
  });
});
