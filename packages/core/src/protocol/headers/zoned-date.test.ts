import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseZonedDate } from './zoned-date.js';

const noon = Date.UTC(2025, 5, 2, 12);

describe('parseZonedDate', () => {
  it.each([
    'Mon, 02 Jun 2025 12:00:00 +0000',
    'Mon, 2 Jun 2025 12:00:00 +0000',
    'Mon,2 Jun 2025 12:00:00 GMT',
    'Fri, 02 Jun 2025 12:00:00 -0000',
    '02 Jun 2025 12:00 UT',
    '02 Jun 2025 14:00:00 +0200 (CEST)',
    'Mon, 02 Jun 2025 08:30:00 -0330',
  ])('reads the date of an internet message: %s', (text) => {
    expect(parseZonedDate(text)).toBe(noon);
  });

  it.each([
    '2025-06-02T12:00:00Z',
    '2025-06-02t12:00:00z',
    '2025-06-02T12:00Z',
    '2025-06-02T12:00:00.000000000Z',
    '2025-06-02T14:00:00+02:00',
    '2025-06-02T14:00:00+0200',
    '2025-06-02T14:00:00+02',
    '2025-06-01T22:15:00-13:45',
    '2025-06-02 12:00:00 UTC',
    ' 2025-06-02 12:00:00Z ',
  ])('reads ISO 8601: %s', (text) => {
    expect(parseZonedDate(text)).toBe(noon);
  });

  it.each([
    '2025-06-02 12:00:00 +0000 UTC',
    '2025-06-02 12:00:00.000000001 +0000 UTC',
    '2025-06-02 14:00:00 +0200 CEST',
    '2025-06-02 09:00:00 -0300 -03',
    '2025-06-02 17:30:00 +0530 +0530',
    '2025-06-02 12:00:00 +0000 UTC m=+86400.000123456',
    '2025-06-02 12:00:00 +0000 UTC m=-0.5',
  ])("reads what Go's Time.String writes: %s", (text) => {
    expect(parseZonedDate(text)).toBe(noon);
  });

  it.each([
    ['2026-11-22 15:04:05.99 +0000 UTC', Date.UTC(2026, 10, 22, 15, 4, 5, 990)],
    ['2026-11-22 15:04:05.9999 +0000 UTC', Date.UTC(2026, 10, 22, 15, 4, 5, 999)],
    ['2026-11-22T15:04:05.1Z', Date.UTC(2026, 10, 22, 15, 4, 5, 100)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('rounds down to whole ms: %s', (text, instant) => {
    expect(parseZonedDate(text)).toBe(instant);
  });

  it.each([
    '',
    '0',
    '-1',
    '120',
    '1748865600',
    'EXAMPLE_EXPIRATION_DATE',
    '2025-06-02',
    '2025-06-02T12:00:00',
    '2025-06-02 12:00:00',
    '2025-02-29T12:00:00Z',
    '2025-13-01T12:00:00Z',
    '2025-00-01T12:00:00Z',
    '2025-06-00T12:00:00Z',
    '2025-06-02T24:00:00Z',
    '2025-06-02T12:60:00Z',
    '2025-06-02T12:00:61Z',
    '2025-06-02T12:00:00.Z',
    '2025-06-02T12:00:00+24:00',
    '2025-06-02T12:00:00+02:60',
    '2025-06-02T12:00:00+2',
    '+012025-06-02T12:00:00Z',
    '2025-06-02T12:00:00Z and more',
    'Mon, 02 Jun 2025 12:00:00',
    'Mon, 02 Jun 2025 12:00:00 EST',
    'Mon, 02 Jun 25 12:00:00 +0000',
    'Mon, 31 Jun 2025 12:00:00 +0000',
    'Mon, 02 Foo 2025 12:00:00 +0000',
    `02 Jun 2025 12:00:00 +0000 (${'x'.repeat(200)})`,
  ])('refuses %j', (text) => {
    expect(parseZonedDate(text)).toBeUndefined();
  });

  it('reads back what toISOString writes', () => {
    const anyInstant = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(anyInstant, (instant) => {
        expect(parseZonedDate(new Date(instant).toISOString())).toBe(instant);
      }),
    );
  });

  it('is total', () => {
    const digits = fc.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?[-+]\d\d:?\d\d$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        expect(Number.isSafeInteger(parseZonedDate(text) ?? 0)).toBe(true);
      }),
    );
  });

  it.each(['2025-06-02T12:00:00.', '02 Jun 2025 12:00:00 +0000 (', ' ', '+'])(
    'gives a megabyte that begins with %j no time to speak of',
    (start) => {
      const startedAt = performance.now();

      expect(parseZonedDate(start + '1 '.repeat(500_000))).toBeUndefined();
      expect(performance.now() - startedAt).toBeLessThan(500);
    },
  );
});
