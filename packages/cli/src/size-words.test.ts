import { expect, it } from 'vitest';
import { sizeWords } from './size-words.js';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [999_960, '1.0 MB'],
  [1_234_567, '1.2 MB'],
  [5e13, '50.0 TB'],
  [5e17, '500000.0 TB'],
])('%i bytes are %s', (bytes, words) => {
  expect(sizeWords(bytes)).toBe(words);
});
