import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readBody } from './read-body.js';

const bodyOf = (...chunks: string[]): Readable =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('a body', () => {
  test.each([
    [['abc', 'de'], 'abcde', true],
    [['abcde'], 'abcde', true],
    [['abcde', 'f'], 'abcde', false],
    [['abcdef'], 'abcde', false],
    [['abcd', 'efgh'], 'abcde', false],
    [[], '', true],
  ])('of %j is read up to five bytes', async (chunks, text, complete) => {
    const body = bodyOf(...chunks);

    expect(await readBody(body, 5)).toEqual({ bytes: Buffer.from(text), complete });
    expect(body.destroyed).toBe(true);
  });

  test('beyond the limit is not read on', async () => {
    const body = bodyOf('abcdef', 'g', 'h');

    await readBody(body, 5);

    expect(body.readableEnded).toBe(false);
  });

  test('that breaks off throws what broke it', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('reset'));
      },
    });

    await expect(readBody(broken, 5)).rejects.toThrow('reset');
  });
});
