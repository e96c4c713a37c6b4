import { expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.js';

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

it.each([
  ['0', 0],
  ['1', 1_000],
  [' 120 ', 120_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sun, 06 Nov 1994 08:40:00 GMT', 0],
])('reads %j as %d ms', (value, ms) => {
  expect(readRetryAfter(value, now)).toBe(ms);
});

it.each([
  null,
  '',
  '-1',
  '1.5',
  'soon',
  'tomorrow 5',
  '1994-11-06',
  'Sun, 99 Nov 1994 08:49:37 GMT',
])('does not read %j', (value) => {
  expect(readRetryAfter(value, now)).toBeUndefined();
});
