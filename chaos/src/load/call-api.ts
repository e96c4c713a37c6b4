import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ApiKey } from '../house/make-api-keys.js';

/** How a call ended. `unknown`: it may have been carried out, and nobody was told. */
export interface CallOutcome {
  readonly outcome: 'ok' | 'refused' | 'unknown';
  /** Of the last answer; null where none came. */
  readonly status: number | null;
  readonly text: string;
  readonly tries: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly body?: string | object;
  readonly contentType?: string;
  readonly idempotencyKey?: string;
  /** How often it is sent at most; 8 by default. */
  readonly triesMax?: number;
}

/** What every answer of the api is given to. */
export type OnAnswer = (place: string, text: string) => void;

export type CallApi = (key: ApiKey, call: Call) => Promise<CallOutcome>;

const timeoutMs = 3_000;
const pauseMs = 400;
/** Answers that do not say whether it was carried out. */
const isUnsure = (status: number): boolean => status >= 500 || status === 429;

/** Calls of the api as any producer makes them: plain HTTP, with a timeout, and sent again where no answer came. */
export function createCaller(apiUrl: string, onAnswer: OnAnswer): CallApi {
  const send = async (key: ApiKey, call: Call): Promise<{ status: number; text: string }> => {
    const answer = await request(`${apiUrl}${call.path}`, {
      method: call.method,
      headers: headersOf(key, call),
      body: bodyOf(call) ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(2 * timeoutMs),
    });
    const text = await answer.body.text();
    const head = JSON.stringify(answer.headers);
    onAnswer(`${call.method} ${placeOf(call.path)} ${answer.statusCode}`, `${head}\n${text}`);
    return { status: answer.statusCode, text };
  };
  return async (key, call) => {
    let wasUnsure = false;
    for (let tries = 1; ; tries += 1) {
      const answer = await send(key, call).catch(() => ({ status: null, text: '' }));
      const { status, text } = answer;
      if (status !== null && status < 300) return { outcome: 'ok', status, text, tries };
      // What was refused now may have been carried out by a try before.
      if (status !== null && !isUnsure(status))
        return { outcome: wasUnsure ? 'unknown' : 'refused', status, text, tries };
      wasUnsure = true;
      if (tries >= (call.triesMax ?? 8)) return { outcome: 'unknown', status, text, tries };
      await delay(pauseMs * Math.min(tries, 5));
    }
  };
}

function headersOf({ text }: ApiKey, { body, contentType, idempotencyKey }: Call) {
  return {
    authorization: `Bearer ${text}`,
    ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
  };
}

const bodyOf = ({ body }: Call): string | undefined =>
  typeof body === 'object' ? JSON.stringify(body) : body;

/** A path without what differs from job to job. */
const placeOf = (path: string): string =>
  (path.split('?')[0] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');
