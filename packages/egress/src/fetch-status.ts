import type { FetchFailure, ProviderRequest, StatusResponse } from '@bulkwatch/core';
import type { Clock, Secret, Span } from '@bulkwatch/runtime';
import { type Authorization, accessTo } from './authorization.js';
import type { AccessToken } from './broker/token-in-hand.js';
import type { TokenSource } from './broker/token-source.js';
import type { ClientCredential, Credential } from './credential.js';
import type { CredentialBook } from './credential-book.js';
import { type Deadline, withDeadline } from './deadline.js';
import type { Exchange, ExchangeOutcome } from './exchange.js';
import type { OnRefusal, RefusalReason } from './guard/refusal.js';
import type { ProviderPolicy } from './provider-policy.js';
import { withoutToken } from './without-token.js';

/** A request of a status protocol: a poll, a delete request, or what follows from a poll's answer. */
export interface StatusRequest {
  readonly request: ProviderRequest;
  /** Whose job it is. */
  readonly tenant: string;
  /** Origin of the job's status URL. */
  readonly home: string;
  readonly authorization: Authorization;
  /** Sent as `X-Request-Id`, for both sides' logs. */
  readonly requestId: string;
  /** Gives the request up; the outcome is then `interrupted`. */
  readonly signal?: AbortSignal;
  /** Of the request, where it is traced: it is told how long getting a token takes. */
  readonly span?: Pick<Span, 'begin'>;
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
  /** Total time of a request: token, connection, headers, body, and the second try after a 401 or 403. */
  requestTimeoutMs: number;
  /** How to send with the credential, or with none. */
  exchangeFor: (credential?: Credential) => Exchange;
  onRefusal: OnRefusal | undefined;
  tokensOf: (credential: ClientCredential) => TokenSource;
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
  { policy, credentials, exchangeFor, onRefusal, tokensOf }: FetchStatusParts,
  request: StatusRequest,
  deadline: Deadline,
): Promise<ExchangeOutcome> {
  const { method, url: href, body } = request.request;
  const refused = (reason: RefusalReason, origin: string): ExchangeOutcome => {
    onRefusal?.(reason, origin);
    return notAllowed;
  };
  if (!URL.canParse(href)) return refused('url-unreadable', 'null');
  const url = new URL(href);
  const refusal = policy.refuse(url, request.tenant);
  if (refusal) return refused(refusal.reason, url.origin);

  const access = accessTo(url, request, credentials);
  const exchange = exchangeFor('credential' in access ? access.credential : undefined);
  const send: Send = async (token) => {
    const headers = headersOf(request, token);
    const sent = { method, url, headers, ...(body !== undefined && { body }) };
    const outcome = await exchange(sent, deadline);
    return token ? withoutToken(outcome, token) : outcome;
  };
  switch (access.kind) {
    case 'none':
      return send();
    case 'token':
      return send(access.token);
    case 'client':
      return sendWithToken(tracedTokens(tokensOf(access.credential), request.span), send, deadline);
    case 'refused':
      return { kind: 'failed', failure: access.failure };
  }
}

/** Without a detail: what exactly was wrong is for metrics and logs, not for whoever chose the URL. */
const notAllowed: ExchangeOutcome = {
  kind: 'failed',
  failure: { reason: 'provider-not-allowed' },
};

type Send = (token?: Secret) => Promise<ExchangeOutcome>;

/** With a token of the credential, and once more with a new one where the first is refused. */
async function sendWithToken(
  tokens: TokenSource,
  send: Send,
  deadline: Deadline,
): Promise<ExchangeOutcome> {
  const sendWith = async (token: AccessToken): Promise<ExchangeOutcome> => {
    const outcome = await send(token.secret);
    if (outcome.kind === 'answered' && !isRefused(outcome)) tokens.confirm(token);
    return outcome;
  };

  const first = await tokens.obtain(deadline);
  if (first.kind === 'failed') return first;
  const outcome = await sendWith(first.token);
  // An answer whose body took all of the time is an answer all the same, but no time is left for another.
  if (!isRefused(outcome) || deadline.signal.aborted) return outcome;

  const second = await tokens.replace(first.token, deadline);
  if (!second) return outcome;
  return second.kind === 'failed' ? second : sendWith(second.token);
}

/** The same source, with a span for each token that is asked of it. */
function tracedTokens(tokens: TokenSource, span: StatusRequest['span']): TokenSource {
  if (!span) return tokens;
  const traced = async <T extends { readonly kind: string } | undefined>(
    obtaining: () => Promise<T>,
  ): Promise<T> => {
    const part = span.begin('token');
    const result = await obtaining();
    part.end({ error: result?.kind === 'failed' ? 'token-unavailable' : undefined });
    return result;
  };
  return {
    ...tokens,
    obtain: (deadline) => traced(() => tokens.obtain(deadline)),
    replace: (refused, deadline) => traced(() => tokens.replace(refused, deadline)),
  };
}

/** A token that has run out is 401 to most providers, and 403 to some (AB2D). */
const isRefused = (outcome: ExchangeOutcome): boolean =>
  outcome.kind === 'answered' && [401, 403].includes(outcome.answer.status);

/** What the protocol and the preset want to say, less what only we may. */
function headersOf(
  { request, requestId }: StatusRequest,
  token: Secret | undefined,
): Record<string, string> {
  const theirs = Object.entries(request.headers).filter(([name]) => !ours.has(name.toLowerCase()));
  return {
    ...Object.fromEntries(theirs),
    // A status kept by a proxy would be an old one.
    'Cache-Control': 'no-cache',
    'X-Request-Id': requestId,
    ...(token && { Authorization: `Bearer ${token.reveal()}` }),
  };
}

const ours: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'cache-control',
  'user-agent',
  'x-request-id',
]);
