import type { Clock } from '@bulkwatch/runtime';
import type { ClientCredential } from '../credential.js';
import { type Deadline, withDeadline } from '../deadline.js';
import type { Exchange } from '../exchange.js';
import { createTokenUrlFinder, type TokenUrlFinder } from './find-token-url.js';
import { requestToken, type TokenReply } from './request-token.js';
import { createTokenSource, type TokenSource } from './token-source.js';
import type { TokenVault } from './token-vault.js';

/** The token sources of all credentials. */
export interface TokenBroker {
  /** That of the credential as it is now: with another configuration, what was held is dropped. */
  sourceOf(credential: ClientCredential): TokenSource;
  /** Waits for nothing any more: whoever waits for another process's token gets `interrupted`. */
  close(): void;
}

export interface TokenBrokerParts {
  readonly vault: TokenVault;
  readonly clock: Clock;
  /** Total time of a status request; a token request, discovery included, has that and ten seconds at most. */
  readonly requestTimeoutMs: number;
  readonly exchangeFor: (credential: ClientCredential) => Exchange;
  readonly onTokenRequest: (outcome: TokenReply['kind']) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Short, so that those who wait for it have time left for their own requests. */
const tokenTimeoutMaxMs = 10_000;
/** From the end of a token request until its turn must have been ended. */
const lockMarginMs = 2_000;

export function createTokenBroker(parts: TokenBrokerParts): TokenBroker {
  const { vault, clock, onProblem } = parts;
  const timeoutMs = Math.min(parts.requestTimeoutMs, tokenTimeoutMaxMs);
  const closing = new AbortController();
  const sources = new Map<string, { fingerprint: string; source: TokenSource }>();

  function open(credential: ClientCredential): TokenSource {
    const finder = createTokenUrlFinder(credential, clock);
    return createTokenSource({
      slot: { name: credential.name, fingerprint: credential.fingerprint },
      vault,
      clock,
      requestToken: () =>
        withDeadline({ timeoutMs, signal: closing.signal }, (deadline) =>
          mint(parts, { credential, finder, deadline }),
        ),
      lockMs: timeoutMs + lockMarginMs,
      closing: closing.signal,
      onProblem,
    });
  }

  return {
    sourceOf(credential) {
      const { name, fingerprint } = credential;
      const known = sources.get(name);
      if (known?.fingerprint === fingerprint) return known.source;
      const source = open(credential);
      sources.set(name, { fingerprint, source });
      return source;
    },
    close: () => closing.abort(),
  };
}

async function mint(
  { clock, exchangeFor, onTokenRequest }: TokenBrokerParts,
  {
    credential,
    finder,
    deadline,
  }: { credential: ClientCredential; finder: TokenUrlFinder; deadline: Deadline },
): Promise<TokenReply> {
  const exchange = exchangeFor(credential);
  const found = await finder.find(exchange, deadline);
  const reply =
    found.kind === 'found'
      ? await requestToken({
          credential,
          tokenUrl: found.url,
          exchange,
          deadline,
          now: () => clock.now(),
        })
      : found;
  if (reply.kind !== 'issued') finder.forget();
  onTokenRequest(reply.kind);
  return reply;
}
