import { expect, it } from 'vitest';
import { awayWords, spanWords } from './time-words.js';

it.each([
  [0, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [754_000, '12 min 34 s'],
  [7_200_000, '2 h'],
  [7_259_000, '2 h'],
  [93_600_000, '1 d 2 h'],
  [400 * 86_400_000, '400 d'],
])('%d ms are %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

it('says how far away an instant is, and in which direction', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  expect(awayWords('2026-01-01T00:12:00Z', now)).toBe('in 12 min');
  expect(awayWords('2025-12-31T21:00:00Z', now)).toBe('3 h ago');
  expect(awayWords(null, now)).toBeNull();
});
