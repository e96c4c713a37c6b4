import { describe, expect, it } from 'vitest';
import { firstUsable, headerItems } from './header.js';

const readNumber = (text: string): number | undefined => (text === '' ? undefined : Number(text));

describe('firstUsable', () => {
  it('reads a header that came once', () => {
    expect(firstUsable('7', readNumber)).toBe(7);
  });

  it('passes over repeated values that cannot be used', () => {
    expect(firstUsable(['', '7', '8'], readNumber)).toBe(7);
  });

  it.each([undefined, '', [], ['']])('finds nothing in %j', (header) => {
    expect(firstUsable(header, readNumber)).toBeUndefined();
  });

  it('takes a value that is falsy for one that can be used', () => {
    expect(firstUsable(['0', '1'], readNumber)).toBe(0);
  });
});

describe('headerItems', () => {
  it('finds none where there is no header', () => {
    expect(headerItems(undefined)).toStrictEqual([]);
    expect(headerItems([])).toStrictEqual([]);
  });

  it.each(['', ' ', ',', ' , ,'])('keeps one empty item of %j, since the header came', (header) => {
    expect(headerItems(header)).toStrictEqual(['']);
  });

  it('takes lists apart, whether they came in one header or in several', () => {
    expect(headerItems([' 1, 2 ,,3', '4'])).toStrictEqual(['1', '2', '3', '4']);
  });

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT'])(
    'leaves the comma of a date in place: %s',
    (date) => {
      expect(headerItems(`${date}, ${date},7`)).toStrictEqual([date, date, '7']);
    },
  );

  it('parts at a comma after what only ends like a weekday', () => {
    expect(headerItems('noSun, 7')).toStrictEqual(['noSun', '7']);
  });
});
