import { describe, expect, it } from 'vitest';
import { askedDelayMs } from './asked-delay.js';

const now = Date.UTC(2026, 0, 1);

describe('askedDelayMs', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
    ['-1', null],
    ['1.5', null],
    ['', null],
    [String(now / 1_000 + 60), 60_000],
    [String(now + 1_500), 1_500],
    [String(now / 1_000 - 60), 0],
    [String(now / 1_000 + 8 * 86_400), null],
    ['9'.repeat(400), null],
  ])('reads %j as %j', (value, delayMs) => {
    expect(askedDelayMs({ status: 202, headers: { 'retry-after': value } }, now)).toBe(delayMs);
  });

  it('takes the field that is sent when a script replaces the usual one', () => {
    const headers = { 'Retry-After': '1', 'retry-after': '9' };
    expect(askedDelayMs({ status: 202, headers }, now)).toBe(9_000);
    expect(
      askedDelayMs({ status: 202, headers: { ...headers, 'RETRY-AFTER': null } }, now),
    ).toBeNull();
    expect(askedDelayMs({ status: 202 }, now)).toBeNull();
  });
});
