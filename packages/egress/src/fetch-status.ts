import type { FetchFailure, StatusResponse } from '@bulkwatch/core';
import type { Clock, Secret } from '@bulkwatch/runtime';
import type { Credential, CredentialBook } from './credential-book.js';
import { type Deadline, withDeadline } from './deadline.js';
import type { Exchange, ExchangeOutcome } from './exchange.js';
import type { ProviderPolicy } from './provider-policy.js';
import type { AccessToken, TokenSource } from './token-source.js';

/** Who we are to the provider. */
export type Authorization =
  | { kind: 'none' }
  | { kind: 'bearer'; token: Secret }
  | { kind: 'credential'; name: string };

/** A poll (`GET`) of a status URL, or a delete request (`DELETE`) to it. */
export interface StatusRequest {
  method: 'GET' | 'DELETE';
  url: string;
  authorization: Authorization;
  /** Sent as `X-Request-Id`, for both sides' logs. */
  requestId: string;
  /** Gives the request up; the outcome is then `interrupted`. */
  signal?: AbortSignal;
}

/** `durationMs` is the whole time, with the wait for a connection and for an access token. */
export type FetchOutcome =
  | { kind: 'answered'; response: StatusResponse; durationMs: number }
  | { kind: 'failed'; failure: FetchFailure; durationMs: number };

/** Sends a status request. Never throws for anything the network or the provider can do. */
export type FetchStatus = (request: StatusRequest) => Promise<FetchOutcome>;

interface FetchStatusParts {
  policy: ProviderPolicy;
  credentials: CredentialBook;
  clock: Clock;
  /** Total time of a request: token, connection, headers, body, and the second try after a 401. */
  requestTimeoutMs: number;
  exchange: Exchange;
  tokensOf: (credential: Credential) => TokenSource;
}

/** Status requests that pass the policy, with the authorization that they name. */
export function createFetchStatus(parts: FetchStatusParts): FetchStatus {
  const { clock, requestTimeoutMs: timeoutMs } = parts;
  return async (request) => {
    const startedAt = clock.monotonicMs();
    const outcome = await withDeadline({ timeoutMs, signal: request.signal }, (deadline) =>
      exchangeStatus(parts, request, deadline),
    );
    // The end of the body, not of the headers: a Retry-After counted from there is never early.
    const receivedAt = clock.now();
    const durationMs = clock.monotonicMs() - startedAt;
    if (outcome.kind === 'failed') return { ...outcome, durationMs };
    return { kind: 'answered', response: { ...outcome.answer, receivedAt }, durationMs };
  };
}

async function exchangeStatus(
  { policy, credentials, exchange, tokensOf }: FetchStatusParts,
  request: StatusRequest,
  deadline: Deadline,
): Promise<ExchangeOutcome> {
  if (!URL.canParse(request.url)) return failed('provider-not-allowed', 'the URL cannot be read');
  const url = new URL(request.url);
  const refusal = policy.refuse(url);
  if (refusal !== undefined) return failed('provider-not-allowed', refusal);

  const send: Send = (token) =>
    exchange({ method: request.method, url, headers: headersOf(request, token) }, deadline);
  const { authorization } = request;
  if (authorization.kind === 'none') return send();
  if (authorization.kind === 'bearer') return send(authorization.token);

  const credential = credentials.find(authorization.name);
  if (!credential) return failed('credential-missing');
  if (!credential.origins.includes(url.origin)) {
    return failed('provider-not-allowed', 'the credential is not for this origin');
  }
  return sendWithToken(tokensOf(credential), send, deadline);
}

type Send = (token?: Secret) => Promise<ExchangeOutcome>;

/** With a token of the credential, and once more with a new one where the first is refused. */
async function sendWithToken(
  tokens: TokenSource,
  send: Send,
  deadline: Deadline,
): Promise<ExchangeOutcome> {
  const sendWith = async (token: AccessToken): Promise<ExchangeOutcome> => {
    const outcome = await send(token.secret);
    if (outcome.kind === 'answered' && !isUnauthorized(outcome)) tokens.confirm(token);
    return outcome;
  };

  const first = await tokens.obtain(deadline);
  if (first.kind === 'failed') return first;
  const outcome = await sendWith(first.token);
  if (!isUnauthorized(outcome)) return outcome;

  const second = await tokens.replace(first.token, deadline);
  if (!second) return outcome;
  return second.kind === 'failed' ? second : sendWith(second.token);
}

const isUnauthorized = (outcome: ExchangeOutcome): boolean =>
  outcome.kind === 'answered' && outcome.answer.status === 401;

function headersOf(
  { requestId }: StatusRequest,
  token: Secret | undefined,
): Record<string, string> {
  return {
    Accept: 'application/fhir+json, application/json;q=0.9',
    // A status kept by a proxy would be an old one.
    'Cache-Control': 'no-cache',
    'X-Request-Id': requestId,
    ...(token && { Authorization: `Bearer ${token.reveal()}` }),
  };
}

const failed = (reason: FetchFailure['reason'], detail?: string): ExchangeOutcome => ({
  kind: 'failed',
  failure: { reason, ...(detail !== undefined && { detail }) },
});
