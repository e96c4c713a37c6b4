import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** A request for a file, as it came. */
export interface FileRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly atMs: number;
}

/** What is on its way out: status 200 or 206, and the bytes that were asked for. */
interface Outgoing {
  readonly response: ServerResponse;
  readonly request: FileRequest;
  readonly body: Buffer;
  /** Sends it as it should be. */
  readonly send: () => void;
  /** From which byte of the file it is. */
  readonly from: number;
  /** How much of the file the client has. */
  readonly arrived: () => Promise<number>;
}

/** What the server does with a request in place of sending the file. */
export type Misdeed = (out: Outgoing) => unknown;

/**
 * Sends so many bytes and cuts the connection, once they have arrived: a client drops what it has received and not yet read
 * when its connection is lost.
 */
export const cutAfter =
  (bytes: number): Misdeed =>
  async ({ response, body, from, arrived }) => {
    response.write(body.subarray(0, bytes));
    const endMs = performance.now() + 500;
    while ((await arrived()) < from + bytes && performance.now() < endMs) await sleep(5);
    response.destroy();
  };

/** Sends so many bytes, and then nothing any more. */
export const hangAfter =
  (bytes: number): Misdeed =>
  ({ response, body }) =>
    response.write(body.subarray(0, bytes));

export const answer =
  (status: number, headers: Record<string, string> = {}): Misdeed =>
  ({ response }) => {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(status, headers).end();
  };

export const redirect = (location: string): Misdeed => answer(307, { location });

/** Sends the file as it should. */
export const well: Misdeed = ({ send }) => send();

export interface ServedFile {
  readonly content: string;
  /** What it does with the first requests; then all goes well. */
  readonly misdeeds?: readonly Misdeed[];
  /** What it says of the version: a strong ETag by default. */
  readonly validator?: 'etag' | 'weak-etag' | 'last-modified' | 'none';
  /** Whether it heeds Range. */
  readonly ranges?: boolean;
  /** `asked`: where the client takes it. `always`: in any case. */
  readonly gzip?: 'asked' | 'always';
  /** Whether it says how long it is. */
  readonly sized?: boolean;
  /** How much of it the client has; 0 for who does not know. */
  readonly arrived?: () => Promise<number>;
}

const modifiedAt = 'Mon, 02 Nov 2026 08:00:00 GMT';

/** A server of files over a real socket, as a provider or a store has it, with the faults of both. */
export async function fileServer(files: Record<string, ServedFile>) {
  const requests: FileRequest[] = [];
  const counts = new Map<string, number>();
  const server = createServer((incoming, response) => {
    const path = new URL(incoming.url ?? '', 'http://server').pathname;
    const request = { path, headers: incoming.headers, atMs: performance.now() };
    requests.push(request);
    const file = files[path];
    if (!file) return void response.writeHead(404).end();
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    (file.misdeeds?.[count] ?? well)(outgoing(file, request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin,
    requests,
    files,
    requestsOf: (path: string) => requests.filter((one) => one.path === path),
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function outgoing(file: ServedFile, request: FileRequest, response: ServerResponse): Outgoing {
  const { validator = 'etag', ranges = true, sized = true, gzip } = file;
  const zip =
    gzip === 'always' ||
    (gzip === 'asked' && String(request.headers['accept-encoding']).includes('gzip'));
  const whole = zip ? gzipSync(file.content) : Buffer.from(file.content);
  const digest = createHash('sha256').update(file.content).digest('hex').slice(0, 12);
  const etag = validator === 'weak-etag' ? `W/"${digest}"` : `"${digest}"`;
  response.setHeader('content-type', 'application/fhir+ndjson');
  if (validator.endsWith('etag')) response.setHeader('etag', etag);
  if (validator === 'last-modified') response.setHeader('last-modified', modifiedAt);
  if (zip) response.setHeader('content-encoding', 'gzip');

  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const same = [etag, modifiedAt, undefined].includes(request.headers['if-range'] as string);
  const isPart = ranges && from > 0 && same;
  const body = isPart ? whole.subarray(from) : whole;
  if (isPart && from >= whole.length) {
    response.statusCode = 416;
    response.setHeader('content-range', `bytes */${whole.length}`);
  } else if (isPart) {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${from}-${whole.length - 1}/${whole.length}`);
  }
  if (sized) response.setHeader('content-length', body.length);
  const { arrived = async () => 0 } = file;
  return {
    response,
    request,
    body,
    send: () => response.end(body),
    from: isPart ? from : 0,
    arrived,
  };
}

/** NDJSON of so many resources. */
export const ndjson = (count: number, type = 'Patient', width = 20): string =>
  Array.from(
    { length: count },
    (_, at) => `${JSON.stringify({ resourceType: type, id: `${at}`, pad: 'ż'.repeat(width) })}\n`,
  ).join('');
