import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.js';
import { type CheckedFileStep } from './file-step.js';

/** A file as it is sent. */
export interface SentFile {
  readonly body: Buffer;
  /** Epoch ms. */
  readonly modifiedAt: number;
}

/**
 * The file, or the part of it that Range names: one range from a byte to the end (RFC 9110 section 14), unless If-Range names
 * another version. Ranges of other kinds are passed over, as a server may.
 */
export function fileAnswer({ body, modifiedAt }: SentFile, headers: IncomingHttpHeaders): Answer {
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  const modified = new Date(modifiedAt).toUTCString();
  const about = {
    'Content-Type': 'application/fhir+ndjson',
    ETag: etag,
    'Last-Modified': modified,
    'Accept-Ranges': 'bytes',
  };
  const from = Number(/^bytes=(\d{1,15})-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const isSame = [undefined, etag, modified].includes(headers['if-range'] as string | undefined);
  if (from === 0 || !isSame) return { status: 200, headers: about, body };
  if (from >= body.length)
    return { status: 416, headers: { 'Content-Range': `bytes */${body.length}` } };
  const range = `bytes ${from}-${body.length - 1}/${body.length}`;
  return {
    status: 206,
    headers: { ...about, 'Content-Range': range },
    body: body.subarray(from),
  };
}

/** An answer as a step wants it. */
export function steppedAnswer(answer: Answer, step: CheckedFileStep): Answer {
  const { status, retryAfterSeconds, headers, body, delayMs, fault, lastsMs } = step;
  const base = status === undefined ? answer : { status };
  return {
    ...base,
    headers: {
      ...base.headers,
      ...(retryAfterSeconds !== undefined && { 'Retry-After': `${retryAfterSeconds}` }),
      ...headers,
    },
    ...(body !== undefined && { body: bytesOf(body) }),
    ...(delayMs !== undefined && { delayMs }),
    ...(fault !== undefined && { fault }),
    ...(lastsMs !== undefined && { lastsMs }),
  };
}

function bytesOf(body: unknown): string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}
