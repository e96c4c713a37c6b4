import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate } from './http-date.js';

const now = Date.UTC(2025, 5, 1, 12);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('parseHttpDate', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
  ])('reads the example of RFC 9110: %s', (text) => {
    expect(parseHttpDate(text, now)).toBe(example);
  });

  it('does not hold a wrong weekday against the date', () => {
    const expires = Date.UTC(2025, 6, 22, 23, 59, 59);

    expect(parseHttpDate('Mon, 22 Jul 2025 23:59:59 GMT', now)).toBe(expires);
  });

  it('reads a leap second and a leap day', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', now)).toBe(Date.UTC(2017, 0, 1));
    expect(parseHttpDate('Thu, 29 Feb 2024 00:00:00 GMT', now)).toBe(Date.UTC(2024, 1, 29));
  });

  it.each([
    ['01-Jun-25 12:00:00', 2025],
    ['01-Jun-75 12:00:00', 2075],
    ['01-Jun-75 12:00:01', 1975],
    ['01-Jan-76 00:00:00', 1976],
    ['31-Dec-99 00:00:00', 1999],
  ])('takes a two-digit year more than 50 years ahead for a past one: %s', (text, year) => {
    const instant = parseHttpDate(`Sunday, ${text} GMT`, now) ?? Number.NaN;

    expect(new Date(instant).getUTCFullYear()).toBe(year);
  });

  it('takes a two-digit year for the next century near the end of this one', () => {
    expect(parseHttpDate('Thursday, 01-Jan-05 00:00:00 GMT', Date.UTC(2099, 0, 1))).toBe(
      Date.UTC(2105, 0, 1),
    );
  });

  it.each([
    '',
    '0',
    '120',
    '-1',
    'tomorrow 5',
    '2025-06-02T00:00:00Z',
    '2025-06-02 15:04:05.99 +0000 UTC',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 2025 00:00:00 GMT',
    'Sat, 29 Feb 2025 00:00:00 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 0094 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ])('refuses %j', (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined();
  });

  it('reads back what toUTCString writes', () => {
    const anySecond = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(anySecond, (second) => {
        expect(parseHttpDate(new Date(second * 1000).toUTCString(), now)).toBe(second * 1000);
      }),
    );
  });

  it('is total, whatever the clock says', () => {
    fc.assert(
      fc.property(fc.string(), fc.double(), (text, anyNow) => {
        const short = parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', anyNow) ?? 0;
        expect(Number.isFinite(short)).toBe(true);
        expect(Number.isFinite(parseHttpDate(text, anyNow) ?? 0)).toBe(true);
      }),
    );
  });
});
