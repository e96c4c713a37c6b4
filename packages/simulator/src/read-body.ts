import type { IncomingMessage } from 'node:http';

export type BodyReading =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'too-large' };

/**
 * Reads a request's body as UTF-8. What is over the limit is let pass unread, so that the client gets to
 * see the answer. Rejects when the client goes away meanwhile.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) break;
    chunks.push(chunk as Buffer);
  }
  if (bytes > maxBytes) {
    request.resume();
    return { kind: 'too-large' };
  }
  return { kind: 'read', text: Buffer.concat(chunks).toString('utf8') };
}
