import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { operationOutcome } from './operation-outcome.js';

/** Header fields by name; a list is sent as several fields, null takes a default field out. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | null>>;

/** What goes wrong on purpose while an answer is given. */
export const faults = ['reset', 'hang', 'truncate'] as const;
export type Fault = (typeof faults)[number];

export interface Answer {
  readonly status: number;
  readonly headers?: HeaderFields;
  readonly body?: string | Uint8Array;
  /** Silence before the status line. */
  readonly delayMs?: number;
  readonly fault?: Fault;
}

/** An answer whose body is JSON, as `application/json` unless the headers say otherwise. */
export function jsonAnswer(status: number, value: unknown, headers: HeaderFields = {}): Answer {
  const body = JSON.stringify(value);
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/** An error that is explained by an OperationOutcome. */
export function outcomeAnswer(
  status: number,
  issue: Parameters<typeof operationOutcome>[0],
  headers: HeaderFields = {},
): Answer {
  return jsonAnswer(status, operationOutcome(issue), {
    'Content-Type': 'application/fhir+json',
    ...headers,
  });
}

/** What became of an answer. */
export interface Delivery {
  /** Null when not even the status line went out. */
  readonly status: number | null;
  /** Monotonic instant at which the last byte was sent; null when the answer did not go out whole. */
  readonly answeredAtMs: number | null;
}

/** Writes an answer, faults included, and resolves when it is out or the connection is gone. */
export async function deliver(response: ServerResponse, answer: Answer): Promise<Delivery> {
  const answeredAtMs = await write(response, answer);
  return { status: response.headersSent ? answer.status : null, answeredAtMs };
}

async function write(response: ServerResponse, answer: Answer): Promise<number | null> {
  if (response.destroyed) return null;
  const closed = new Promise<unknown>((resolve) => response.once('close', resolve));
  if (answer.delayMs !== undefined) await sleepUnless(closed, answer.delayMs);
  if (response.destroyed) return null;

  if (answer.fault === 'reset') response.socket?.resetAndDestroy();
  else if (answer.fault === 'truncate') truncate(response, answer);
  else if (answer.fault !== 'hang') return await complete(response, answer, closed);
  await closed;
  return null;
}

/**
 * The instant is taken before and not after the write, so that it is never later than the client's
 * receipt: a client that waits exactly as long as it was asked to is never taken for early.
 */
async function complete(
  response: ServerResponse,
  answer: Answer,
  closed: Promise<unknown>,
): Promise<number | null> {
  const body = bytesOf(answer);
  writeHead(response, answer, { 'Content-Length': String(body.length) });
  const sentAtMs = performance.now();
  response.end(body);
  await closed;
  return response.writableFinished ? sentAtMs : null;
}

/** Announces the whole body and one byte more, so that even an empty one can be cut short. */
function truncate(response: ServerResponse, answer: Answer): void {
  const body = bytesOf(answer);
  writeHead(response, answer, { 'Content-Length': String(body.length + 1) });
  response.flushHeaders();
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

function writeHead(response: ServerResponse, answer: Answer, defaults: HeaderFields): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries({ ...defaults, ...answer.headers })) {
    if (value === null) response.removeHeader(name);
    else response.setHeader(name, value);
  }
}

async function sleepUnless(gone: Promise<unknown>, ms: number): Promise<void> {
  const abort = new AbortController();
  const slept = delay(ms, undefined, { signal: abort.signal }).catch(() => undefined);
  await Promise.race([slept, gone]);
  abort.abort();
}

const bytesOf = ({ body = '' }: Answer): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : body;
