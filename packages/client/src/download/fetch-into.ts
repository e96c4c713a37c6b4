import { onDisk } from './disk-error.js';
import type { PartFile, Representation } from './part-file.js';
import {
  type Broken,
  broken,
  type FileRequest,
  type RequestParts,
  requestFile,
} from './request-file.js';
import { createSilenceGuard, type SilenceGuard } from './silence-guard.js';

export interface FetchParts extends RequestParts {
  /** After how long without a byte a connection is given up, in milliseconds. */
  readonly silenceMs: number;
  /** Told of each piece that came. */
  readonly onBytes: () => void;
}

/** What `fetch` or a body rejects with, apart from what a token provider does. */
class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/**
 * Sends one request for what is missing of a file, and appends what comes.
 * Undefined where all of the file is there then. Rejects with the signal's reason, a DiskError, or as a token provider does.
 */
export async function fetchInto(
  part: PartFile,
  url: string,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Broken | undefined> {
  const guard = createSilenceGuard(parts.silenceMs, signal);
  const validator = part.representation?.validator ?? null;
  const from = validator !== null && part.bytes > 0 ? { byte: part.bytes, validator } : undefined;
  try {
    const answer = await requestFile(
      { ...parts, fetch: (to, init) => onNetwork(() => guard.watch(() => parts.fetch(to, init))) },
      { url, from },
      guard.signal,
    );
    return answer.kind === 'broken'
      ? answer
      : await take(part, answer.response, from, guard, parts);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NetworkError)) throw error;
    return guard.expired()
      ? broken('timed-out', `Nothing came for ${parts.silenceMs} ms.`, { passes: true })
      : broken('connection-failed', failureSays(error), { passes: true });
  } finally {
    guard.stop();
  }
}

/** With the code of what was behind it, such as ECONNREFUSED, which tells more than `fetch failed` does. */
function failureSays(error: NetworkError): string {
  let cause: unknown = error;
  while (cause instanceof Error && !('code' in cause)) ({ cause } = cause);
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `The connection failed, or broke off${code}.`;
}

async function take(
  part: PartFile,
  response: Response,
  from: FileRequest['from'],
  guard: SilenceGuard,
  parts: FetchParts,
): Promise<Broken | undefined> {
  const { status, headers, body } = response;
  if (status === 200 && !/^text\/html\b/i.test(headers.get('content-type') ?? '')) {
    const representation = representationOf(headers);
    await onDisk(() => part.restart(representation));
    return append(part, body, representation.totalBytes, guard, parts);
  }
  const range = readContentRange(headers.get('content-range'));
  if (status === 206 && from && range?.first === from.byte && isOf(headers, from.validator)) {
    part.resume();
    return append(part, body, range.totalBytes ?? range.last + 1, guard, parts);
  }
  await body?.cancel();
  // All of it is there, only the end of the answer before was not seen.
  if (status === 416 && from && range?.totalBytes === from.byte) return undefined;

  await onDisk(() => part.restart({ validator: null, totalBytes: null }));
  return broken('response-unreadable', `The answer (${status}) is no file, or no part of it.`, {
    status,
    passes: from !== undefined,
  });
}

async function append(
  part: PartFile,
  body: ReadableStream<Uint8Array> | null,
  totalBytes: number | null,
  guard: SilenceGuard,
  { onBytes }: FetchParts,
): Promise<Broken | undefined> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { value } = (await onNetwork(() => guard.watch(async () => reader?.read()))) ?? {};
      if (value === undefined) break;
      await onDisk(() => part.append(value));
      onBytes();
    }
  } finally {
    // A connection that nobody reads from would be kept.
    await reader?.cancel().catch(() => undefined);
  }
  if (totalBytes === null || part.bytes === totalBytes) return undefined;
  if (part.bytes > totalBytes)
    await onDisk(() => part.restart({ validator: null, totalBytes: null }));
  return broken('connection-failed', 'The content is not as long as was said.', { passes: true });
}

async function onNetwork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new NetworkError('the connection failed', { cause: error });
  }
}

function representationOf(headers: Headers): Representation {
  const length = headers.get('content-length');
  return isEncoded(headers)
    ? { validator: null, totalBytes: null }
    : {
        validator: validatorOf(headers),
        totalBytes: length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null,
      };
}

/** What may go into `If-Range` (RFC 9110 section 13.1.5): a strong ETag, else a Last-Modified that is not of just now. */
function validatorOf(headers: Headers): string | null {
  const etag = headers.get('etag');
  if (etag !== null) return /^"[^"]*"$/.test(etag) ? etag : null;
  const modified = headers.get('last-modified');
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '');
  return age >= 1_000 ? modified : null;
}

/** What is decoded on the way has other bytes than those that can be asked for. */
const isEncoded = (headers: Headers): boolean =>
  (headers.get('content-encoding') ?? 'identity') !== 'identity';

/** Whether a part is of what was asked for, as far as it says. */
function isOf(headers: Headers, validator: string): boolean {
  if (isEncoded(headers)) return false;
  const own = validator.startsWith('"') ? headers.get('etag') : headers.get('last-modified');
  return own === null || own === validator;
}

function readContentRange(value: string | null) {
  const [, first = '-1', last = '-1', total = '*'] =
    /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/.exec(value ?? '') ?? [];
  return {
    first: Number(first),
    last: Number(last),
    totalBytes: total === '*' ? null : Number(total),
  };
}
