import { describe, expect, it } from 'vitest';
import { firstUsable, isPresent } from './header.js';

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

describe('isPresent', () => {
  it('tells an empty header from none', () => {
    expect(isPresent('')).toBe(true);
    expect(isPresent([])).toBe(false);
    expect(isPresent(undefined)).toBe(false);
  });
});
