import { describe, expect, it } from 'vitest';
import { cutToWidth, displayWidth } from './display-width.js';

it.each([
  ['40%', 3],
  ['', 0],
  ['\u001b[32mcompleted\u001b[0m', 9],
  ['███░░', 5],
  ['進行中', 6],
  ['e\u0301tape', 5],
  ['🚀 60%', 6],
  ['한국어', 6],
  ['𝔸', 1],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

describe('cutToWidth', () => {
  it.each([
    ['進行中', 5, '進行'],
    ['ab🚀', 3, 'ab'],
    ['e\u0301e\u0301', 1, 'e\u0301'],
    ['abc', 0, ''],
    ['abc', 9, 'abc'],
  ])('cuts %j to %i columns', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
  });
});
