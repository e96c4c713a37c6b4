import { type ServerResponse, STATUS_CODES } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, HeaderFields } from './answer.js';

/** An answer on its way out, and the connection that it goes by. */
export interface Wire {
  readonly response: ServerResponse;
  readonly answer: Answer;
  readonly body: Uint8Array;
  /** Resolves when the answer is out or the connection is gone. */
  readonly closed: Promise<unknown>;
}

export function openWire(response: ServerResponse, answer: Answer): Wire {
  // A write to a connection that has just gone is nobody's fault; `closed` tells of it.
  response.on('error', () => undefined);
  const closed = new Promise<unknown>((resolve) => response.once('close', resolve));
  const { body = '' } = answer;
  return { response, answer, closed, body: typeof body === 'string' ? Buffer.from(body) : body };
}

/**
 * Sends the whole answer as HTTP wants it, and resolves with the monotonic instant of that, or null when the
 * connection went away. The instant is taken before and not after the write, so that it is never later than
 * the client's receipt: a client that waits exactly as long as it was asked to is never taken for early.
 *
 * @param extra fields besides those of the answer
 */
export async function sendWhole(wire: Wire, extra: HeaderFields = {}): Promise<number | null> {
  const { response, body, closed } = wire;
  setHead(wire, { 'Content-Length': String(body.length), ...extra });
  const sentAtMs = performance.now();
  response.end(body);
  await closed;
  return response.writableFinished ? sentAtMs : null;
}

/** Sets status and header fields; those of the answer go before the defaults. */
export function setHead({ response, answer }: Wire, defaults: HeaderFields): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries({ ...defaults, ...answer.headers })) {
    if (value === null) response.removeHeader(name);
    else response.setHeader(name, value);
  }
}

/** The status line as it should be, without its end. */
export const statusLine = ({ answer: { status } }: Wire): string =>
  `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unnamed'}`;

/** The header fields of the answer and an end of headers, to be written by hand. */
export function headerLines(wire: Wire, defaults: HeaderFields): string {
  setHead(wire, { Date: new Date().toUTCString(), ...defaults });
  const fields = Object.entries(wire.response.getHeaders());
  const lines = fields.flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  return [...lines, '', ''].join('\r\n');
}

/** Writes bytes past HTTP, text as Latin-1. */
export function writeRaw({ response }: Wire, ...parts: readonly (string | Uint8Array)[]): void {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  for (const part of parts)
    socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
}

/** Writes bytes past HTTP and closes the connection behind them. */
export function endRaw(wire: Wire, ...parts: readonly (string | Uint8Array)[]): void {
  writeRaw(wire, ...parts);
  wire.response.socket?.destroySoon();
}

/** Waits so long, for ever by default, or until the connection is gone. */
export async function sleepUnless(gone: Promise<unknown>, ms?: number): Promise<void> {
  if (ms === undefined) return void (await gone);
  const abort = new AbortController();
  const slept = delay(ms, undefined, { signal: abort.signal }).catch(() => undefined);
  await Promise.race([slept, gone]);
  abort.abort();
}
