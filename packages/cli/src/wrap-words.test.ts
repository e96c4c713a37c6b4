import { expect, it } from 'vitest';
import { wrapWords } from './wrap-words.js';

it.each([
  ['one two three', 7, ['one two', '-three']],
  ['  one two three', 9, ['  one two', '-three']],
  ['a-very-long-word b', 4, ['a-very-long-word', '-b']],
  ['one two', Number.POSITIVE_INFINITY, ['one two']],
  ['', 4, ['']],
])('breaks %j into lines of %i', (text, width, lines) => {
  expect(wrapWords(text, width, '-')).toEqual(lines);
});
