import { describe, expect, it } from 'vitest';
import { receivedAt } from '../../../tests/tracked.js';
import { readTooCostly } from './read-too-costly.js';

const read = (status: number, headers = {}) =>
  readTooCostly({ status, headers: { 'retry-after': '60', ...headers }, receivedAt });

describe('readTooCostly', () => {
  it('goes on under 202, whatever the body lists', () => {
    const goesOn = { kind: 'in-progress', retryAfter: { delayMs: 60_000 } };

    expect(read(202)).toStrictEqual(goesOn);
    expect(read(200, { 'x-export-status': '202 Accepted' })).toStrictEqual(goesOn);
  });

  it('ends no job under any other status', () => {
    expect(read(200)).toStrictEqual({
      kind: 'poll-failed',
      retryAfter: { delayMs: 60_000 },
      reason: 'response-too-large',
      health: 'provider-error',
      detail: 'HTTP 200, too costly to read',
    });
    expect(read(202, { 'x-export-status': '200 OK' }).kind).toBe('poll-failed');
  });
});
