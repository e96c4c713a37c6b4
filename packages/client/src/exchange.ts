import type { Problem } from '@bulkwatch/contract';
import { BulkwatchError } from './bulkwatch-error.js';
import type { Connection } from './connection.js';
import { readRetryAfter } from './retry-after.js';

/** One call of the api, as it goes over the wire. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/v1` on, its parameters percent-encoded. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string };
  /** How long the api may hold the answer, besides the time that an answer takes. */
  readonly holdMs?: number;
  /** It must not happen twice: it is not sent again where it might have arrived. */
  readonly once?: boolean;
}

/** A body of one JSON value. */
export function jsonBody(value: object): NonNullable<Call['body']> {
  return { type: 'application/json', text: JSON.stringify(value) };
}

/** An answer that is no problem: 2xx, or 304. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface ExchangeLimits {
  readonly authorization: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends a call once and reads the whole answer.
 * Rejects with a BulkwatchError, or with the signal's reason when that aborts.
 */
export async function exchange(
  connection: Pick<Connection, 'urlOf' | 'fetch'>,
  call: Call,
  limits: ExchangeLimits,
): Promise<Answer> {
  const { signal } = limits;
  signal?.throwIfAborted();
  const watchdog = startWatchdog(limits.timeoutMs, signal);
  try {
    const init = { ...initOf(call, limits.authorization), signal: watchdog.signal };
    const response = await connection.fetch(connection.urlOf(call.path, call.query), init);
    const { status, headers } = response;
    const answer = { status, headers, text: await response.text() };
    if (response.ok || status === 304) return answer;
    throw refusal(answer);
  } catch (error) {
    if (error instanceof BulkwatchError) throw error;
    signal?.throwIfAborted();
    throw watchdog.barked()
      ? new BulkwatchError({ reason: 'timed-out', says: 'Bulkwatch did not answer in time.' })
      : new BulkwatchError({
          reason: 'connection-failed',
          says: 'Bulkwatch could not be reached.',
          cause: error,
        });
  } finally {
    watchdog.stop();
  }
}

function initOf({ method, headers, body }: Call, authorization: string | undefined): RequestInit {
  return {
    method,
    headers: {
      Accept: 'application/json, application/problem+json',
      ...(authorization === undefined ? {} : { Authorization: `Bearer ${authorization}` }),
      ...(body === undefined ? {} : { 'Content-Type': body.type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body.text }),
    // The api sends none; a key must not follow where somebody else leads.
    redirect: 'manual',
  };
}

/** The error of an answer that says no. */
export function refusal({ status, headers, text }: Answer): BulkwatchError {
  const requestId = headers.get('x-request-id') ?? undefined;
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), Date.now());
  const problem = readProblem(text);
  return problem
    ? new BulkwatchError({
        reason: problem.reason,
        says: [problem.title, ...(problem.detail === undefined ? [] : [problem.detail])].join(' '),
        status,
        problem,
        requestId,
        retryAfterMs,
      })
    : unreadable({ status, headers }, { retryAfterMs });
}

/** The error of an answer that the api did not write. */
export function unreadable(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  extras: { readonly retryAfterMs?: number | undefined } = {},
): BulkwatchError {
  return new BulkwatchError({
    reason: 'response-unreadable',
    says: 'The answer is none of Bulkwatch: something else may be at this URL, or in between.',
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    ...extras,
  });
}

function readProblem(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    const isProblem = typeof value?.reason === 'string' && typeof value.title === 'string';
    return isProblem ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A signal that aborts with another one, or when the time is up. AbortSignal.any would do it in one line, but on Node 20
 * a signal that lives for days remembers every one that was made of it.
 */
function startWatchdog(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  let barked = false;
  const pass = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', pass, { once: true });
  const timer = setTimeout(() => {
    barked = true;
    controller.abort();
  }, timeoutMs);
  return {
    signal: controller.signal,
    /** Whether the time was up. */
    barked: () => barked,
    stop(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', pass);
    },
  };
}
