import type { Readable } from 'node:stream';

/**
 * Reads a body up to `maxBytes`. Beyond that it is not read on: the connection is dropped instead.
 *
 * @throws what the stream fails with
 */
export async function readBody(
  body: Readable,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly complete: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks, Math.min(size, maxBytes)), complete: size <= maxBytes };
}
