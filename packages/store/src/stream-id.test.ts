import { describe, expect, it } from 'vitest';
import { compareStreamIds, readStreamId } from './stream-id.js';

describe('readStreamId', () => {
  it.each([
    ['0', '0-0'],
    ['0-0', '0-0'],
    ['1700000000000', '1700000000000-0'],
    ['1700000000000-12', '1700000000000-12'],
    ['007-08', '7-8'],
  ])('takes %s for %s', (text, id) => {
    expect(readStreamId(text)).toBe(id);
  });

  it.each(['', '-', '1-', '-1', '1-2-3', '$', '>', '*', '(1', '1.5', 'x', ' 1', '1'.repeat(16)])(
    'refuses %j',
    (text) => {
      expect(readStreamId(text)).toBeUndefined();
    },
  );
});

describe('compareStreamIds', () => {
  it('orders by time, then by sequence, as numbers', () => {
    const ids = ['10-2', '9-0', '10-10', '0-0', '10-0'];

    expect(ids.toSorted(compareStreamIds)).toEqual(['0-0', '9-0', '10-0', '10-2', '10-10']);
    expect(compareStreamIds('10-2', '10-2')).toBe(0);
  });
});
