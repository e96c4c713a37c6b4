import { anomalies } from '@bulkwatch/contract';
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
    ['5.5', 5500],
    ['0.0001', 1],
    ['1.001', 1001],
    ['999999999', 999_999_999_000],
    // Too far off to be instants: 1 s more than 7 days ahead and behind, and a row of nines.
    ['1749384001', 1_749_384_001_000],
    ['1748174399', 1_748_174_399_000],
    ['1749384001000', 1_749_384_001_000_000],
    ['99999999999', 99_999_999_999_000],
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
    '5.',
    '.5',
    '5s',
    '１',
    '-1748779260',
    ',',
    'soon, -5',
    '2025-06-01T12:02:00Z',
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

  it.each([
    ['1748779260', 60_000],
    ['1748779260.5', 60_500],
    ['1748779260000', 60_000],
    ['1748779260001', 60_001],
    ['1749384000', 7 * 86_400_000],
    ['1748779199', 0],
    ['1748174400000', 0],
  ])('takes %s, within 7 days of now, for an instant, and says so', (value, delayMs) => {
    expect(readRetryAfter({ value, receivedAt })).toStrictEqual({
      delayMs,
      anomaly: 'retry-after-epoch',
    });
  });

  it('measures an epoch instant against the Date of the response, too', () => {
    const date = 'Tue, 01 Jan 2002 00:00:00 GMT';

    expect(readRetryAfter({ value: '1009843230', date, receivedAt }).delayMs).toBe(30_000);
  });

  it('takes no number below 1e9 for an instant, whatever the clock says', () => {
    const at1e9 = 1e12;

    expect(readRetryAfter({ value: '1000000000', receivedAt: at1e9 }).delayMs).toBe(0);
    expect(readRetryAfter({ value: '999999999', receivedAt: at1e9 })).toStrictEqual({
      delayMs: 999_999_999_000,
    });
  });

  it.each([
    ['120, 240', 240_000],
    [['30', '60', '45'], 60_000],
    [['soon', '30', '-5'], 30_000],
    [['30', 'Sun, 01 Jun 2025 12:02:00 GMT'], 120_000],
    ['Sunday, 01-Jun-25 12:02:00 GMT, Sun, 01 Jun 2025 12:03:00 GMT', 180_000],
  ])('takes the longest of %j, and says that there were several', (value, delayMs) => {
    expect(readRetryAfter({ value, receivedAt })).toStrictEqual({
      delayMs,
      anomaly: 'retry-after-repeated',
    });
  });

  it.each([['120, 120,'], [['120', '120.0']], [['Sun, 01 Jun 2025 12:02:00 GMT', '120']]])(
    'makes nothing of repetition in %j, which agrees with itself',
    (value) => {
      expect(readRetryAfter({ value, receivedAt })).toStrictEqual({ delayMs: 120_000 });
    },
  );

  it('says of the longest wait that it is an instant rather than that it is repeated', () => {
    expect(readRetryAfter({ value: ['1748779260', '5'], receivedAt }).anomaly).toBe(
      'retry-after-epoch',
    );
  });
});

describe('readRetryAfter without a usable Retry-After', () => {
  it.each([
    [{ xRetryAfter: '30' }, { delayMs: 30_000 }],
    [{ xRetryAfter: 'Sun, 01 Jun 2025 12:02:00 GMT' }, { delayMs: 120_000 }],
    [{ xRetryAfter: '1748779260' }, { delayMs: 60_000, anomaly: 'retry-after-epoch' }],
    [{ xMsRetryAfterMs: '1500' }, { delayMs: 1500 }],
    [{ xMsRetryAfterMs: '1500.2' }, { delayMs: 1501 }],
    [{ xMsRetryAfterMs: ['20', '30'] }, { delayMs: 30, anomaly: 'retry-after-repeated' }],
    [{ xMsRetryAfterMs: 'Sun, 01 Jun 2025 12:02:00 GMT' }, unreadable],
    [{ xRetryAfter: '30', xMsRetryAfterMs: '1500' }, { delayMs: 30_000 }],
    [
      { xRetryAfter: 'soon', xMsRetryAfterMs: '1500' },
      { delayMs: 1500, ...unreadable },
    ],
  ])('falls back on the headers that stand in for it: %j', (standIns, reading) => {
    expect(readRetryAfter({ value: undefined, ...standIns, receivedAt })).toStrictEqual(reading);
  });

  it('does so where it is unreadable as well, and says so', () => {
    expect(readRetryAfter({ value: '-5', xRetryAfter: '30', receivedAt })).toStrictEqual({
      delayMs: 30_000,
      ...unreadable,
    });
  });

  it('leaves them alone where it is usable', () => {
    expect(
      readRetryAfter({ value: '5', xRetryAfter: '30', xMsRetryAfterMs: 'x', receivedAt }),
    ).toStrictEqual({ delayMs: 5000 });
  });
});

describe('readRetryAfter, whatever comes', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[-+ ]?\d{0,40}(\.\d*)?([eE]\d+)?$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  const anyHeader = fc.oneof(
    fc.constant(undefined),
    anyText,
    fc.array(anyText, { maxLength: 4 }),
    fc.array(anyText, { maxLength: 4 }).map((texts) => texts.join(',')),
  );
  const anySource = fc.record({
    value: anyHeader,
    xRetryAfter: anyHeader,
    xMsRetryAfterMs: anyHeader,
    date: anyHeader,
    receivedAt: fc.constant(receivedAt),
  });

  it('never gives a wait that is negative, infinite or no number', () => {
    fc.assert(
      fc.property(anySource, (source) => {
        const { delayMs = 0, anomaly } = readRetryAfter(source);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect([undefined, ...anomalies]).toContain(anomaly);
      }),
    );
  });

  it('is never early for any of the waits that are given in plain seconds', () => {
    const anySeconds = fc.oneof(fc.nat(999_999_999), fc.double({ min: 0, max: 1e6, noNaN: true }));
    const anySecondsText = anySeconds.map((seconds) => seconds.toFixed(3));
    fc.assert(
      fc.property(anyHeader, fc.array(anySecondsText, { minLength: 1 }), (other, texts) => {
        const noise = typeof other === 'string' ? [other] : (other ?? []);
        const { delayMs } = readRetryAfter({ value: [...noise, texts.join(', ')], receivedAt });
        const longest = Math.max(...texts.map((text) => Number(text.replace('.', ''))));
        expect(delayMs).toBeGreaterThanOrEqual(longest);
      }),
    );
  });

  it.each([
    ['commas', ','.repeat(1_000_000)],
    ['a list', '1,'.repeat(300_000)],
    ['digits', '9'.repeat(1_000_000)],
    ['fractions', '1.'.repeat(500_000)],
    ['spaces', `1${' '.repeat(1_000_000)}1`],
    ['weekdays', 'Sun, '.repeat(200_000)],
  ])('reads a megabyte of %s in linear time', (_, value) => {
    const startedAt = performance.now();
    readRetryAfter({ value, date: value, receivedAt });

    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('readKickOffRetryAfter', () => {
  it.each([
    ['600', { delayMs: 600_000 }],
    ['Sun, 01 Jun 2025 12:02:00 GMT', { delayMs: 120_000 }],
    ['soon', unreadable],
    ['120, 240', { delayMs: 240_000, anomaly: 'retry-after-repeated' }],
    ['1748779260', { delayMs: 60_000, anomaly: 'retry-after-epoch' }],
    [1_748_779_260, { delayMs: 60_000, anomaly: 'retry-after-epoch' }],
    [1_748_779_260_000, { delayMs: 60_000, anomaly: 'retry-after-epoch' }],
    [5.5, { delayMs: 5500 }],
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
