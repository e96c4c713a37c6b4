import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKickOffRetryAfter, readRetryAfter } from './retry-after.js';

const receivedAt = Date.UTC(2025, 5, 1, 12);
const unreadable = { anomaly: 'retry-after-unreadable' };

describe('readRetryAfter', () => {
  it('finds nothing where there is no header', () => {
    expect(readRetryAfter({ value: undefined, receivedAt })).toStrictEqual({});
    expect(readRetryAfter({ value: [], receivedAt })).toStrictEqual({});
  });

  it.each([
    ['600', 600_000],
    ['0', 0],
    [' 7 ', 7000],
    ['0120', 120_000],
    ['1795398017905', 1_795_398_017_905_000],
  ])('reads %j as seconds', (value, delayMs) => {
    expect(readRetryAfter({ value, receivedAt })).toStrictEqual({ delayMs });
  });

  it('keeps a wait of 400 digits finite', () => {
    const { delayMs } = readRetryAfter({ value: '9'.repeat(400), receivedAt });

    expect(delayMs).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    '',
    '-5',
    '+5',
    '1e3',
    '1e309',
    '0x10',
    '5.5',
    '120, 240',
    '１',
    'abc',
    'NaN',
    'Infinity',
  ])('makes no wait of %j', (value) => {
    expect(readRetryAfter({ value, receivedAt })).toStrictEqual(unreadable);
  });

  it.each([
    'Sun, 01 Jun 2025 12:02:00 GMT',
    'Sunday, 01-Jun-25 12:02:00 GMT',
    'Sun Jun  1 12:02:00 2025',
  ])('reads %j as an instant', (value) => {
    expect(readRetryAfter({ value, receivedAt })).toStrictEqual({ delayMs: 120_000 });
  });

  it('measures a date against the Date of the response, which shares its clock', () => {
    const value = 'Sun, 01 Jun 2025 12:02:00 GMT';
    const date = 'Sun, 01 Jun 2025 12:01:30 GMT';

    expect(readRetryAfter({ value, date, receivedAt })).toStrictEqual({ delayMs: 30_000 });
    expect(readRetryAfter({ value, date: ['?', date], receivedAt })).toStrictEqual({
      delayMs: 30_000,
    });
    expect(readRetryAfter({ value, date: 'rubbish', receivedAt })).toStrictEqual({
      delayMs: 120_000,
    });
  });

  it('rounds the wait until a date up to whole milliseconds', () => {
    const value = 'Sun, 01 Jun 2025 12:00:01 GMT';

    expect(readRetryAfter({ value, receivedAt: receivedAt + 0.5 })).toStrictEqual({
      delayMs: 1000,
    });
  });

  it('takes a date that has passed for no wait', () => {
    const value = 'Sun, 01 Jun 2025 11:00:00 GMT';

    expect(readRetryAfter({ value, receivedAt })).toStrictEqual({ delayMs: 0 });
  });

  it('takes the first usable of repeated headers', () => {
    expect(readRetryAfter({ value: ['soon', '30', '60'], receivedAt })).toStrictEqual({
      delayMs: 30_000,
    });
  });

  it('never gives a wait that is negative, infinite or no number', () => {
    const anyHeader = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-+ ]?\d{0,40}(\.\d*)?([eE]\d+)?$/),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(anyHeader, anyHeader, (value, date) => {
        const { delayMs = 0, anomaly } = readRetryAfter({ value, date, receivedAt });
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect([undefined, 'retry-after-unreadable']).toContain(anomaly);
      }),
    );
  });
});

describe('readKickOffRetryAfter', () => {
  it.each([
    ['600', { delayMs: 600_000 }],
    ['Sun, 01 Jun 2025 12:02:00 GMT', { delayMs: 120_000 }],
    ['soon', unreadable],
    [600, { delayMs: 600_000 }],
    [0.0001, { delayMs: 1 }],
    [0, { delayMs: 0 }],
    [1e300, { delayMs: Number.MAX_SAFE_INTEGER }],
    [-1, unreadable],
    [Number.NaN, unreadable],
    [Number.POSITIVE_INFINITY, unreadable],
  ])('reads %j', (value, reading) => {
    expect(readKickOffRetryAfter(value, receivedAt)).toStrictEqual(reading);
  });
});
