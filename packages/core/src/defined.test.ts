import { expect, it } from 'vitest';
import { defined } from './defined.js';

it('drops the members that are undefined and no others', () => {
  const members = { none: undefined, zero: 0, empty: '', no: false, nothing: null };

  expect(defined(members)).toStrictEqual({ zero: 0, empty: '', no: false, nothing: null });
});
