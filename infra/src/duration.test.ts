import { expect, it } from 'vitest';
import { days, durationText, hours, minutes } from './duration.js';

it.each([
  [0, '0s'],
  [1, '1s'],
  [minutes(5), '5m'],
  [minutes(150), '2h30m'],
  [days(3), '3d'],
  [days(1) + hours(1) + minutes(1) + 1, '1d1h1m1s'],
])('writes %d s as Prometheus does', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

it.each([0.5, -1, Number.NaN])('writes no part of a second, and no past: %d', (seconds) => {
  expect(() => durationText(seconds)).toThrow(/cannot be written/);
});
