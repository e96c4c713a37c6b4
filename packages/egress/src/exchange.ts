import type { FetchFailure, StatusResponse } from '@bulkwatch/core';
import { version } from '@bulkwatch/runtime';
import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.js';
import { failureFromError } from './failure-from-error.js';
import { readBody } from './read-body.js';

/** One request to be sent. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'DELETE' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Largest bodies that are read, in bytes. */
export interface BodyLimits {
  /** A 200 is wanted whole: a larger one is a failure. */
  readonly bodyMaxBytes: number;
  /** Of any other answer the beginning is enough: a larger one is cut. */
  readonly errorBodyMaxBytes: number;
}

export type ExchangeOutcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly failure: FetchFailure };
export type Answer = Omit<StatusResponse, 'receivedAt'>;

/** Sends one request and reads its answer within the deadline. */
export type Exchange = (request: ExchangeRequest, deadline: Deadline) => Promise<ExchangeOutcome>;

/** An exchange over this dispatcher. It never throws for what network and other side can do. */
export function createExchange(dispatcher: Dispatcher, limits: BodyLimits): Exchange {
  return async (request, deadline) => {
    try {
      return await readAnswer(await send(dispatcher, request, deadline), limits);
    } catch (error) {
      return { kind: 'failed', failure: failureFromError(error) };
    }
  };
}

const userAgent = `bulkwatch/${version}`;

function send(
  dispatcher: Dispatcher,
  { method, url, headers, body }: ExchangeRequest,
  { signal, bound, assertOpen }: Deadline,
): Promise<Dispatcher.ResponseData> {
  assertOpen();
  const response = dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { 'User-Agent': userAgent, 'Accept-Encoding': 'identity', ...headers },
    body: body ?? null,
    signal,
  });
  // undici hears an abort only once the request has a connection: one that waits for its turn, or
  // for the handshake, would outlive the deadline.
  return bound(response);
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  { bodyMaxBytes, errorBodyMaxBytes }: BodyLimits,
): Promise<ExchangeOutcome> {
  const { statusCode: status, headers } = response;
  const wanted = status === 200;
  const maxBytes = wanted ? bodyMaxBytes : errorBodyMaxBytes;
  // A manifest that says itself that it is too large is not downloaded on every poll to find out.
  const declaredTooLarge = wanted && Number(headers['content-length']) > maxBytes;
  const { bytes, complete } = await readBody(response.body, declaredTooLarge ? 0 : maxBytes);
  if (wanted && !complete) return failed({ reason: 'response-too-large' });
  if (!isEncoded(headers['content-encoding'])) return answered({ status, headers, body: bytes });
  // Not decoded: a bomb would pass every limit above. Without its body a 200 is nothing, whereas
  // the status and the Retry-After of any other answer still bind us.
  if (wanted) return failed({ reason: 'response-unreadable', detail: 'content-encoding' });
  return answered({ status, headers, body: new Uint8Array() });
}

const answered = (answer: Answer): ExchangeOutcome => ({ kind: 'answered', answer });
const failed = (failure: FetchFailure): ExchangeOutcome => ({ kind: 'failed', failure });

/** RFC 9110 section 8.4: `identity` means none, though it should not be sent. */
function isEncoded(contentEncoding: string | string[] | undefined): boolean {
  return [contentEncoding ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .some((coding) => !['', 'identity'].includes(coding.trim().toLowerCase()));
}
