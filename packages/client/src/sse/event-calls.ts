import { BulkwatchError, isBulkwatchError } from '../bulkwatch-error.js';
import { type Connection, checkSecret } from '../connection.js';
import type { EventName } from '../events/event-types.js';
import { type Answer, refusal, unreadable } from '../exchange.js';
import { queryOf } from '../query-of.js';
import { type Message, readMessages } from './read-messages.js';

export interface StreamOptions {
  /** Types of events, or their last words; all by default. */
  readonly types?: readonly EventName[] | undefined;
  /** The job has all of them. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The id of the message after which to go on; without it, with what is to come. */
  readonly lastEventId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * After how long without a sign of life the connection is given up, in milliseconds; 45,000 by default, three heartbeats of
   * an api that is set as usual.
   */
  readonly silenceMs?: number | undefined;
}

export interface EventCalls {
  /**
   * The messages of one connection to `GET /v1/events`, until it ends, which it does now and then; `subscribeOverSse`
   * connects again. Rejects with `timed-out` where nothing comes for `silenceMs` while a message is waited for.
   */
  streamMessages(options?: StreamOptions): AsyncGenerator<Message, void, void>;
}

export function createEventCalls(connection: Connection): EventCalls {
  return {
    async *streamMessages(options = {}) {
      const { signal, silenceMs = 45_000 } = options;
      signal?.throwIfAborted();
      const controller = new AbortController();
      const pass = (): void => controller.abort(signal?.reason);
      signal?.addEventListener('abort', pass, { once: true });
      try {
        const body = await open(connection, options, controller);
        yield* readMessages(chunksOf(body, silenceMs, controller));
      } catch (error) {
        signal?.throwIfAborted();
        throw isBulkwatchError(error) ? error : failure(error, controller.signal);
      } finally {
        signal?.removeEventListener('abort', pass);
        controller.abort();
      }
    },
  };
}

async function open(
  connection: Connection,
  options: StreamOptions,
  controller: AbortController,
): Promise<ReadableStream<Uint8Array>> {
  for (let renew = false; ; ) {
    const authorization = await connection.authorize?.({ renew, signal: controller.signal });
    if (authorization !== undefined) checkSecret(authorization);
    const answer = await within(connection.attemptTimeoutMs, controller, async () => {
      const response = await connection.fetch(urlOf(connection, options), {
        headers: headersOf(options, authorization),
        redirect: 'manual',
        signal: controller.signal,
      });
      return isStream(response) ? response.body : readRefusal(response);
    });
    if (!(answer instanceof BulkwatchError)) return answer;
    const renewing = connection.renewable && !renew && answer.reason === 'authentication-invalid';
    if (!renewing) throw answer;
    renew = true;
  }
}

function urlOf({ urlOf }: Connection, { types = [], labels }: StreamOptions): string {
  const query = queryOf({}, labels);
  for (const type of types) query.append('type', type);
  return urlOf('/v1/events', query);
}

function headersOf(
  { lastEventId }: StreamOptions,
  authorization: string | undefined,
): Record<string, string> {
  return {
    Accept: 'text/event-stream, application/problem+json',
    ...(authorization === undefined ? {} : { Authorization: `Bearer ${authorization}` }),
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
}

function isStream(
  response: Response,
): response is Response & { readonly body: ReadableStream<Uint8Array> } {
  const type = response.headers.get('content-type') ?? '';
  return response.status === 200 && type.startsWith('text/event-stream') && response.body !== null;
}

async function readRefusal(response: Response): Promise<BulkwatchError> {
  const { status, headers } = response;
  const answer: Answer = { status, headers, text: await response.text() };
  return response.ok ? unreadable(answer) : refusal(answer);
}

/** The chunks of a body. Only while one is waited for does silence end it: whoever takes messages may take his time. */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  controller: AbortController,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await within(silenceMs, controller, () => reader.read());
    if (done) return;
    yield value;
  }
}

/** Why the controller aborts when the time is up. */
const late = Symbol('late');

async function within<T>(
  ms: number,
  controller: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => controller.abort(late), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

function failure(cause: unknown, { reason }: AbortSignal): BulkwatchError {
  return reason === late
    ? new BulkwatchError({ reason: 'timed-out', says: 'Bulkwatch did not answer in time.' })
    : new BulkwatchError({
        reason: 'connection-failed',
        says: 'Bulkwatch could not be reached.',
        cause,
      });
}
