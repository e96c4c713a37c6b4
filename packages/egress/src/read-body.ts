import type { Readable } from 'node:stream';

/** What came of a body, and how it ended: whole, cut by us beyond the limit, or broken off by an error. */
export interface BodyReading {
  readonly bytes: Uint8Array;
  readonly end:
    | { readonly kind: 'whole' | 'cut' }
    | { readonly kind: 'broken'; readonly error: unknown };
}

/**
 * Reads a body up to `maxBytes`. Beyond that it is not read on: the connection is dropped instead. Never
 * rejects, since what came before a body broke off may be worth having.
 */
export async function readBody(body: Readable, maxBytes: number): Promise<BodyReading> {
  const kept = growingBuffer(maxBytes);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      // Leaving the loop destroys the stream, and with it the connection.
      if (!kept.add(chunk)) return { bytes: kept.bytes(), end: { kind: 'cut' } };
    }
    return { bytes: kept.bytes(), end: { kind: 'whole' } };
  } catch (error) {
    return { bytes: kept.bytes(), end: { kind: 'broken', error } };
  }
}

/** Reads nothing of a body, and drops the connection. */
export function dropBody(body: Readable): BodyReading {
  // undici tells a body that nobody reads of its own end as an error.
  body.on('error', () => {}).destroy();
  return { bytes: new Uint8Array(), end: { kind: 'cut' } };
}

/**
 * One buffer that doubles as it fills. A list of chunks would do, were it not for bodies that come byte by
 * byte: each chunk costs a hundred bytes of its own.
 */
function growingBuffer(maxBytes: number) {
  let buffer = Buffer.alloc(0);
  let size = 0;
  return {
    /** False when not all of it found room. */
    add(chunk: Uint8Array): boolean {
      const wanted = Math.min(size + chunk.byteLength, maxBytes);
      if (wanted > buffer.byteLength) {
        const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(wanted, 2 * size), maxBytes));
        grown.set(buffer.subarray(0, size));
        buffer = grown;
      }
      buffer.set(chunk.subarray(0, wanted - size), size);
      const fits = size + chunk.byteLength <= maxBytes;
      size = wanted;
      return fits;
    },
    bytes: (): Uint8Array => buffer.subarray(0, size),
  };
}
