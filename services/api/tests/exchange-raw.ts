import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawRequest {
  /** Anything, whether it is a method or not. */
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Longer than the api lets anybody wait. */
const patienceMs = 12_000;

/** The head of an answer of events, and the first of it. */
const eventStream = /^HTTP[^]*\r\nContent-Type: text\/event-stream[^]*\r\n\r\n[^]+\n\n/i;

/** Writes a request as it is, without a client that would set it right, and reads the one answer that comes. */
export async function exchangeRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method, target, headers, body = Buffer.alloc(0) } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`);
  return parseAnswer(await exchangeBytes(port, Buffer.concat([head, body])));
}

/** Sends bytes and returns all that comes back until the connection ends. */
export async function exchangeBytes(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    // It would not end by itself.
    if (eventStream.test(Buffer.concat(chunks).toString('latin1'))) socket.destroy();
  });
  // The api may hang up on what it does not read to its end.
  socket.on('error', () => undefined);
  const ended = Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.write(bytes);
  const tooLate = Symbol('too late');
  const abort = new AbortController();
  const outcome = await Promise.race([
    ended,
    sleep(patienceMs, tooLate, { signal: abort.signal }).catch(() => undefined),
  ]);
  abort.abort();
  socket.destroy();
  if (outcome === tooLate && chunks.length === 0) throw new Error('no answer');
  return Buffer.concat(chunks);
}

/** The first answer in what was received. Throws when that is none. */
export function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes
    .subarray(0, Math.max(0, end))
    .toString('latin1')
    .split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (!status) throw new Error(`no HTTP answer: ${JSON.stringify(bytes.toString('latin1'))}`);
  const rest = bytes.subarray(end + 4);
  if (status === 100) return parseAnswer(rest);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return { status, headers, text: (isChunked ? unchunk(rest) : rest).toString() };
}

function unchunk(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n');
  const size = Number.parseInt(bytes.subarray(0, end).toString(), 16);
  if (!size) return Buffer.alloc(0);
  const from = end + 2;
  return Buffer.concat([
    bytes.subarray(from, from + size),
    unchunk(bytes.subarray(from + size + 2)),
  ]);
}
