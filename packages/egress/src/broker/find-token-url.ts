import { parseJson } from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type { ClientCredential } from '../credential.js';
import type { Deadline } from '../deadline.js';
import type { Exchange } from '../exchange.js';
import { isRefusal, type NoToken, noToken, notReached } from './no-token.js';

export type FoundTokenUrl = { readonly kind: 'found'; readonly url: URL } | NoToken;

/** Says where a credential's tokens are to be had. Never throws for what network and server can do. */
export interface TokenUrlFinder {
  find(exchange: Exchange, deadline: Deadline): Promise<FoundTokenUrl>;
  /** The URL was of no use: it is to be discovered anew next time. */
  forget(): void;
}

const believedForMs = 3_600_000;

/**
 * The token URL of the credential or, without one, that of the server's SMART configuration (SMART App Launch
 * 2.2, "Using .well-known"), kept for an hour. Nothing else of that document is believed: servers are known to
 * advertise wrongly what they can do.
 */
export function createTokenUrlFinder(
  credential: ClientCredential,
  clock: Pick<Clock, 'monotonicMs'>,
): TokenUrlFinder {
  if ('tokenUrl' in credential) {
    const url = new URL(credential.tokenUrl);
    return { find: async () => ({ kind: 'found', url }), forget: () => undefined };
  }
  let known: { readonly url: URL; readonly until: number } | undefined;
  return {
    async find(exchange, deadline) {
      if (known && clock.monotonicMs() < known.until) return { kind: 'found', url: known.url };
      const found = await discover(credential, exchange, deadline);
      if (found.kind === 'found') {
        known = { url: found.url, until: clock.monotonicMs() + believedForMs };
      }
      return found;
    },
    forget() {
      known = undefined;
    },
  };
}

const prefix = 'discovery: ';

type Discovering = Extract<ClientCredential, { fhirBaseUrl: string }>;

async function discover(
  { fhirBaseUrl, tokenOrigins }: Discovering,
  exchange: Exchange,
  deadline: Deadline,
): Promise<FoundTokenUrl> {
  const url = new URL(`${fhirBaseUrl.replace(/\/$/, '')}/.well-known/smart-configuration`);
  const headers = { Accept: 'application/json' };
  const outcome = await exchange({ method: 'GET', url, headers }, deadline);
  if (outcome.kind === 'failed') return notReached(outcome.failure, prefix);
  const { status, body } = outcome.answer;
  if (status !== 200) {
    return noToken(isRefusal(status) ? 'refused' : 'failed', `${prefix}http-${status}`);
  }
  const tokenUrl = tokenEndpointOf(parseJson(new TextDecoder().decode(body)));
  if (!tokenUrl) return noToken('refused', `${prefix}no-token-endpoint`);
  // The secret goes there, or an assertion of who we are: whoever writes that document must not choose.
  const trusted = [url.origin, ...tokenOrigins].includes(tokenUrl.origin);
  return trusted
    ? { kind: 'found', url: tokenUrl }
    : noToken('refused', `${prefix}token-endpoint-not-allowed`);
}

function tokenEndpointOf(document: unknown): URL | undefined {
  const value = (document as { token_endpoint?: unknown } | null | undefined)?.token_endpoint;
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}
