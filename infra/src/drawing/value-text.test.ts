import { expect, it } from 'vitest';
import { valueText } from './value-text.js';

it.each([
  [0, 's', '0 s'],
  [0.0004, 's', '400 µs'],
  [0.237, 's', '237 ms'],
  [-0.003, 's', '-3 ms'],
  [90, 's', '1.5 mins'],
  [7200, 's', '2 hours'],
  [172_800, 's', '2 days'],
  [1234, 'short', '1.23 K'],
  [999, 'short', '999'],
  [0.999, 'percentunit', '99.9%'],
  [-1.7, 'percentunit', '-170%'],
  [0.333, 'reqps', '0.333 req/s'],
  [12.5, 'cps', '12.5 c/s'],
  [3 * 2 ** 20, 'bytes', '3 MiB'],
  [1, 'bool_yes_no', 'Yes'],
  [0.05, 'none', '0.05'],
])('writes %s in the unit %s as %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

it('does not guess how a unit is written', () => {
  expect(() => valueText(1, 'lumens')).toThrow('Nobody has said how lumens is written.');
});
