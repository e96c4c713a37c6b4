import { type FetchFailure, readRetryAfter } from '@bulkwatch/core';
import { Secret } from '@bulkwatch/runtime';
import * as oauth from 'oauth4webapi';
import type { ClientCredential } from '../credential.js';
import { isHeaderText } from '../credential-opening.js';
import type { Deadline } from '../deadline.js';
import type { Answer, Exchange } from '../exchange.js';
import { clientAuthentication } from './client-authentication.js';
import { isRefusal, type NoToken, noToken, notReached } from './no-token.js';

/** What a token endpoint had to say. */
export type TokenReply =
  | { readonly kind: 'issued'; readonly secret: Secret; readonly lifeMs: number }
  | NoToken;

export interface TokenRequest {
  readonly credential: ClientCredential;
  readonly tokenUrl: URL;
  readonly exchange: Exchange;
  readonly deadline: Deadline;
  /** Epoch ms, against which a Retry-After date is read. */
  readonly now: () => number;
}

/**
 * Asks the token endpoint for an access token: the client credentials grant (RFC 6749 section 4.4), the client
 * authenticated as its credential says. It never throws for what the network or the endpoint can do.
 */
export async function requestToken(request: TokenRequest): Promise<TokenReply> {
  try {
    const response = await ask(request);
    return await understand(response, request);
  } catch (error) {
    if (error instanceof ExchangeError) return notReached(error.failure);
    throw error;
  }
}

/** Carries a failed exchange through oauth4webapi, which knows only fetch. */
class ExchangeError extends Error {
  readonly failure: FetchFailure;

  constructor(failure: FetchFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** The life of a token whose answer does not tell it, and the longest that is believed. */
const defaultLifeSeconds = 300;
const lifeMaxSeconds = 3_600;

async function ask(request: TokenRequest): Promise<Response> {
  const { credential, tokenUrl: url, exchange, deadline } = request;
  return oauth.clientCredentialsGrantRequest(
    serverOf(url),
    clientOf(credential),
    clientAuthentication(credential, url),
    credential.scope === undefined ? {} : { scope: credential.scope },
    {
      // The settings let an http token URL in only where the operator said so.
      [oauth.allowInsecureRequests]: url.protocol === 'http:',
      [oauth.customFetch]: async (_url, { headers, body }) => {
        const request = { method: 'POST', url, headers, body: body.toString() } as const;
        const outcome = await exchange(request, deadline);
        if (outcome.kind === 'failed') throw new ExchangeError(outcome.failure);
        return responseOf(outcome.answer);
      },
    },
  );
}

async function understand(
  response: Response,
  { credential, tokenUrl, now }: TokenRequest,
): Promise<TokenReply> {
  const receivedAt = now();
  try {
    const token = await oauth.processClientCredentialsResponse(
      serverOf(tokenUrl),
      clientOf(credential),
      response,
    );
    if (token.token_type !== 'bearer' || !isHeaderText(token.access_token)) {
      return unusable(response, 'token-response-invalid', receivedAt);
    }
    // An endpoint that says 0 means that it does not tell, and must not be asked again for every poll.
    const lifeSeconds = Math.min(token.expires_in || defaultLifeSeconds, lifeMaxSeconds);
    return { kind: 'issued', secret: new Secret(token.access_token), lifeMs: lifeSeconds * 1_000 };
  } catch (error) {
    return unusable(response, detailOf(error, response.status), receivedAt);
  }
}

const serverOf = (tokenUrl: URL): oauth.AuthorizationServer => ({
  issuer: tokenUrl.origin,
  token_endpoint: tokenUrl.href,
});

const clientOf = ({ clientId }: ClientCredential): oauth.Client => ({ client_id: clientId });

/**
 * The answer as fetch would give it. Only the headers named here are passed on: were there a
 * `WWW-Authenticate`, oauth4webapi would report that challenge and not the error code of the body.
 */
function responseOf({ status, headers, body }: Answer): Response {
  if (status < 200 || status > 599) throw new ExchangeError({ reason: 'response-unreadable' });
  const kept = ['content-type', 'retry-after', 'date'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  const bodyless = status === 204 || status === 205 || status === 304;
  return new Response(bodyless ? null : new Uint8Array(body), { status, headers: kept });
}

function unusable(response: Response, detail: string, receivedAt: number): TokenReply {
  const { status, headers } = response;
  const { delayMs } = readRetryAfter({
    value: headers.get('retry-after') ?? undefined,
    date: headers.get('date') ?? undefined,
    receivedAt,
  });
  return noToken(isRefusal(status) ? 'refused' : 'failed', detail, delayMs);
}

/** The error codes of RFC 6749 section 5.2, and two that servers borrow from section 4.1.2.1. */
const oauthErrors: readonly string[] = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
];

/** A known code or the status: any other text of the endpoint might repeat what we sent. */
function detailOf(error: unknown, status: number): string {
  if (error instanceof oauth.ResponseBodyError && oauthErrors.includes(error.error)) {
    return error.error;
  }
  return status === 200 ? 'token-response-invalid' : `http-${status}`;
}
