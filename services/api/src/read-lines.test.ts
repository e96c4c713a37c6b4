import { describe, expect, it } from 'vitest';
import { type LineLimits, readLines } from './read-lines.js';

const roomy: LineLimits = { lineMaxBytes: 100, maxBytes: 1000, maxLines: 100 };

async function* chunksOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function linesOf(chunks: AsyncIterable<Uint8Array>, limits: Partial<LineLimits> = {}) {
  const lines: [number, string][] = [];
  for await (const line of readLines(chunks, { ...roomy, ...limits })) {
    const text = line.kind === 'line' ? line.bytes.toString() : undefined;
    const limit = line.kind === 'beyond' ? `beyond ${line.limit}` : line.kind;
    lines.push([line.number, text ?? limit]);
  }
  return lines;
}

describe('readLines', () => {
  it('numbers lines from 1 and takes a last one without newline', async () => {
    expect(await linesOf(chunksOf('a\n\nb'))).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
    ]);
  });

  it('sees no line after the last newline, and none in an empty body', async () => {
    expect(await linesOf(chunksOf('a\n'))).toEqual([[1, 'a']]);
    expect(await linesOf(chunksOf())).toEqual([]);
  });

  it('gives the same lines however the bytes are cut', async () => {
    const text = 'first\nsécond\n\n{"x":"y"}\nlast';
    const bytes = Buffer.from(text);
    async function* cut(size: number) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const expected = text.split('\n').map((line, index) => [index + 1, line]);

    for (let size = 1; size <= bytes.length; size += 1) {
      expect(await linesOf(cut(size))).toEqual(expected);
    }
  });

  it('keeps only the number of a line that is too long, and goes on after it', async () => {
    const chunks = chunksOf('12345\n12345', '6\n1', '\n');

    expect(await linesOf(chunks, { lineMaxBytes: 5 })).toEqual([
      [1, '12345'],
      [2, 'too-long'],
      [3, '1'],
    ]);
  });

  it.each([
    ['a\nb\nc\nd\n', ['c', 'beyond lines']],
    ['a\nb\nc\nd', ['c', 'beyond lines']],
    ['a\nb\nc\n', ['c']],
  ])('ends at the first line beyond the number of lines: %j', async (text, ends) => {
    const lines = await linesOf(chunksOf(text), { maxLines: 3 });

    expect(lines.slice(2).map(([, what]) => what)).toEqual(ends);
  });

  it.each([
    [['1234', '5678'], [[1, '12345678']]],
    [
      ['123\n', '5678', '9'],
      [
        [1, '123'],
        [2, 'beyond bytes'],
      ],
    ],
    [
      ['123\n5678\n9'],
      [
        [1, '123'],
        [2, 'beyond bytes'],
      ],
    ],
  ])('ends at the line in which the bytes run out: %j', async (texts, lines) => {
    expect(await linesOf(chunksOf(...texts), { maxBytes: 8 })).toEqual(lines);
  });

  it('reads nothing after a limit', async () => {
    let chunks = 0;
    async function* endless() {
      for (;;) {
        chunks += 1;
        yield Buffer.alloc(10, 'x');
      }
    }

    expect(await linesOf(endless(), { maxBytes: 95 })).toEqual([[1, 'beyond bytes']]);
    expect(chunks).toBe(10);
  });
});
