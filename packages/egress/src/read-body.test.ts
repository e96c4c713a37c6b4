import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { dropBody, joinPieces, readBody } from './read-body.js';

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

    const { pieces, end } = await readBody(body, 5);
    expect(`${await joinPieces(pieces)}`).toBe(text);
    expect(end).toEqual({ kind });
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
      pieces: [Buffer.from('abc')],
      end: { kind: 'broken', error },
    });
  });

  test.each([1, 3, 5.5, 12])('of %d MiB in odd pieces comes together again', async (mib) => {
    const whole = Buffer.alloc(
      mib * 1024 * 1024,
      'a line of some text that is not a mebibyte long',
    );
    const chunks = Array.from({ length: Math.ceil(whole.length / 77_777) }, (_, n) =>
      whole.subarray(n * 77_777, (n + 1) * 77_777),
    );
    const { pieces, end } = await readBody(Readable.from(chunks), whole.length);

    expect(end).toEqual({ kind: 'whole' });
    expect(whole.equals(await joinPieces(pieces))).toBe(true);
    const cut = await readBody(Readable.from(chunks), whole.length - 1);
    expect(cut.end).toEqual({ kind: 'cut' });
    expect(whole.subarray(0, -1).equals(await joinPieces(cut.pieces))).toBe(true);
  });

  test('that is dropped is not read at all', () => {
    const body = bodyOf('abc');

    expect(dropBody(body)).toEqual({ pieces: [], end: { kind: 'cut' } });
    expect(body.destroyed).toBe(true);
  });
});

describe('a body beside others', () => {
  const mib = 1024 * 1024;
  const large = (count: number): Readable =>
    Readable.from(Array.from({ length: count }, () => Buffer.alloc(mib)));
  const roomFor = (bytes: number) => {
    const room = { left: bytes };
    const take = (wanted: number): boolean => {
      if (wanted > room.left) return false;
      room.left -= wanted;
      return true;
    };
    const giveBack = (some: number): void => void (room.left += some);
    return { room, own: { take, giveBack } };
  };

  test('needs room only beyond its first mebibyte, and gives it back', async () => {
    const { room, own } = roomFor(0);

    expect(await readBody(large(1), 8 * mib, own)).toMatchObject({ end: { kind: 'whole' } });
    expect(room.left).toBe(0);
  });

  test('is given up where there is none, and leaves what it had to the others', async () => {
    const { room, own } = roomFor(5 * mib);
    const [first, second] = await Promise.all([
      readBody(large(4), 8 * mib, own),
      readBody(large(4), 8 * mib, own),
    ]);

    expect([first.end.kind, second.end.kind].toSorted()).toEqual(['crowded-out', 'whole']);
    expect(room.left).toBe(5 * mib);
  });
});
