import type { FetchFailure, ProviderRequest, StatusResponse } from '@bulkwatch/core';
import { version } from '@bulkwatch/runtime';
import type { Dispatcher } from 'undici';
import type { BodyRoom } from './body-room.js';
import type { Deadline } from './deadline.js';
import { failureFromError } from './failure-from-error.js';
import { type BodyReading, dropBody, joinPieces, type OwnRoom, readBody } from './read-body.js';

/** One request to be sent. */
export interface ExchangeRequest {
  readonly method: ProviderRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Largest bodies that are read, in bytes. */
export interface BodyLimits {
  /** A 200 or 202 is wanted whole: a larger 200 is a failure, a larger 202 goes without its body. */
  readonly bodyMaxBytes: number;
  /** Of any other answer the beginning is enough: a larger one is cut. */
  readonly errorBodyMaxBytes: number;
  /** For all bodies that are read at the same time; as much as they like without it. */
  readonly room?: BodyRoom;
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
      const response = await send(dispatcher, request, deadline);
      return await readAnswer(response, limits, request.url.origin);
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

/**
 * An answer of which the head has arrived binds us, its Retry-After above all, whatever becomes of its body. A
 * 200 without its body says little: it is a failure that carries its head.
 */
async function readAnswer(
  response: Dispatcher.ResponseData,
  limits: BodyLimits,
  origin: string,
): Promise<ExchangeOutcome> {
  const { statusCode: status, headers } = response;
  const encoded = isEncoded(headers['content-encoding']);
  const wanted = !encoded && (status === 200 || status === 202);
  const maxBytes = wanted ? limits.bodyMaxBytes : limits.errorBodyMaxBytes;
  // A manifest that says itself that it is too large is not downloaded on every poll to find out.
  const declaredTooLarge = wanted && Number(headers['content-length']) > maxBytes;
  const { pieces, end } = declaredTooLarge
    ? dropBody(response.body)
    : await readBody(response.body, maxBytes, roomOf(origin, limits));

  const failure = failureOf(end, encoded);
  if (failure?.reason === 'interrupted') return failed(failure);
  if (failure && status === 200) return failed({ ...failure, head: { status, headers } });
  // A piece of JSON is of no use, whereas the beginning of a text may say what is wrong.
  const usable = !encoded && (failure === undefined || status !== 202);
  return answered({ status, headers, body: usable ? await joinPieces(pieces) : new Uint8Array() });
}

const roomOf = (origin: string, { room }: BodyLimits): OwnRoom | undefined =>
  room && {
    take: (bytes) => room.take(origin, bytes),
    giveBack: (bytes) => room.giveBack(origin, bytes),
  };

/** Why a body cannot be used. An encoded one is not decoded: a bomb would pass every limit. */
function failureOf(end: BodyReading['end'], encoded: boolean): FetchFailure | undefined {
  if (end.kind === 'broken') return failureFromError(end.error);
  if (encoded) return { reason: 'response-unreadable', detail: 'content-encoding' };
  if (end.kind === 'crowded-out')
    return { reason: 'response-too-large', detail: 'no room beside others' };
  return end.kind === 'cut' ? { reason: 'response-too-large' } : undefined;
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
