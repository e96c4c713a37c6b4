import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { dropBody, readBody } from './read-body.js';

const bodyOf = (...chunks: string[]): Readable =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('a body', () => {
  test.each([
    [['abc', 'de'], 'abcde', 'whole'],
    [['a', 'b', 'c', 'd', 'e'], 'abcde', 'whole'],
    [['abcde'], 'abcde', 'whole'],
    [['abcde', 'f'], 'abcde', 'cut'],
    [['abcdef'], 'abcde', 'cut'],
    [['abcd', 'efgh'], 'abcde', 'cut'],
    [[], '', 'whole'],
  ])('of %j is read up to five bytes', async (chunks, text, kind) => {
    const body = bodyOf(...chunks);

    expect(await readBody(body, 5)).toEqual({ bytes: Buffer.from(text), end: { kind } });
    expect(body.destroyed).toBe(true);
  });

  test('beyond the limit is not read on', async () => {
    const body = bodyOf('abcdef', 'g', 'h');

    await readBody(body, 5);

    expect(body.readableEnded).toBe(false);
  });

  test('that breaks off tells what came before, and what broke it', async () => {
    const error = new Error('reset');
    async function* broken() {
      yield Buffer.from('ab');
      yield Buffer.from('c');
      throw error;
    }

    expect(await readBody(Readable.from(broken()), 5)).toEqual({
      bytes: Buffer.from('abc'),
      end: { kind: 'broken', error },
    });
  });

  test('that is dropped is not read at all', () => {
    const body = bodyOf('abc');

    expect(dropBody(body)).toMatchObject({ bytes: { byteLength: 0 }, end: { kind: 'cut' } });
    expect(body.destroyed).toBe(true);
  });
});
