import { expect, it } from 'vitest';
import { readLines } from './read-lines.js';

async function linesOf(...pieces: (string | Uint8Array)[]): Promise<string[]> {
  async function* source() {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of readLines(source())) lines.push(line);
  return lines;
}

it.each([
  ['nothing', [], []],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['one with an end', ['a\n'], ['a']],
  ['lines across pieces', ['a', 'b\nc', '\n\nd'], ['ab', 'c', '', 'd']],
  ['CRLF, also cut in two', ['a\r\nb\r', '\nc'], ['a', 'b', 'c']],
])('reads %s', async (_what, pieces, lines) => {
  expect(await linesOf(...pieces)).toEqual(lines);
});

it('reads a character that is cut in two', async () => {
  const bytes = new TextEncoder().encode('zürich\n');

  expect(await linesOf(bytes.slice(0, 2), bytes.slice(2))).toEqual(['zürich']);
});
