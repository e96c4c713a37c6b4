import { describe, expect, it } from 'vitest';
import type { StatusResponse } from '../status-response.js';
import { readHints } from './reading-hints.js';

const receivedAt = Date.UTC(2025, 5, 1, 12);
const hintsOf = (headers: StatusResponse['headers']) => readHints({ headers, receivedAt });

describe('readHints', () => {
  it('finds nothing where there are no headers', () => {
    expect(hintsOf({})).toStrictEqual({ retryAfter: {} });
  });

  it('reads wait, progress and request id', () => {
    expect(
      hintsOf({ 'retry-after': '60', 'x-progress': '50%', 'x-request-id': 'r-1' }),
    ).toStrictEqual({
      retryAfter: { delayMs: 60_000 },
      progress: '50%',
      progressPercent: 50,
      requestId: 'r-1',
    });
  });

  it('reads the headers that stand in for Retry-After', () => {
    expect(hintsOf({ 'x-retryafter': '60' }).retryAfter).toStrictEqual({ delayMs: 60_000 });
    expect(hintsOf({ 'x-ms-retry-after-ms': '60' }).retryAfter).toStrictEqual({ delayMs: 60 });
  });

  it("prefers Oracle's request id, then x-request-id, then x-correlation-id", () => {
    const headers = { 'opc-request-id': 'a', 'x-request-id': 'b', 'x-correlation-id': 'c' };

    expect(hintsOf(headers).requestId).toBe('a');
    expect(hintsOf({ ...headers, 'opc-request-id': ' ' }).requestId).toBe('b');
    expect(hintsOf({ 'x-correlation-id': ['', 'c'] }).requestId).toBe('c');
  });

  it('keeps at most 128 printable characters of a request id', () => {
    expect(hintsOf({ 'opc-request-id': 'x'.repeat(500) }).requestId).toBe('x'.repeat(128));
  });
});
