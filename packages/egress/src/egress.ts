import type { Clock } from '@bulkwatch/runtime';
import type { Agent } from 'undici';
import type { Credential, CredentialBook } from './credential-book.js';
import { withDeadline } from './deadline.js';
import { createExchange } from './exchange.js';
import { createFetchStatus, type FetchStatus } from './fetch-status.js';
import { createProviderAgent } from './provider-agent.js';
import type { ProviderPolicy } from './provider-policy.js';
import { requestToken, type TokenReply } from './request-token.js';
import { createTokenSource, type TokenSource } from './token-source.js';

export interface EgressOptions {
  policy: ProviderPolicy;
  credentials: CredentialBook;
  clock: Clock;
  /** Total time of one status request, and of one token request. */
  requestTimeoutMs: number;
  /** Largest body of a 200; a larger one is `response-too-large`. */
  bodyMaxBytes: number;
  /** How much of any other answer's body is read; the rest is cut off. Default 64 KiB. */
  errorBodyMaxBytes?: number;
  /** Connections to one origin at a time; what exceeds them waits within its own deadline. */
  connectionsPerProvider: number;
  onTokenRequest?: (outcome: TokenReply['kind']) => void;
}

export interface Egress {
  fetchStatus: FetchStatus;
  /** Ends what is still in flight as `interrupted`, and every connection. */
  close(): Promise<void>;
}

const smallBodyMaxBytes = 64 * 1024;

/** Opens the way out to providers and token endpoints. The caller closes it. */
export function createEgress(options: EgressOptions): Egress {
  const { policy, credentials, clock, requestTimeoutMs } = options;
  const { bodyMaxBytes, errorBodyMaxBytes = smallBodyMaxBytes } = options;
  const agent = createProviderAgent(options.connectionsPerProvider);
  return {
    fetchStatus: createFetchStatus({
      policy,
      credentials,
      clock,
      requestTimeoutMs,
      exchange: createExchange(agent, { bodyMaxBytes, errorBodyMaxBytes }),
      tokensOf: createTokenSources(agent, options),
    }),
    close: () => agent.destroy(),
  };
}

/** One token source per credential, made when it is first needed. */
function createTokenSources(
  agent: Agent,
  { clock, requestTimeoutMs, onTokenRequest }: EgressOptions,
): (credential: Credential) => TokenSource {
  const exchange = createExchange(agent, {
    bodyMaxBytes: smallBodyMaxBytes,
    errorBodyMaxBytes: smallBodyMaxBytes,
  });

  async function mint(credential: Credential): Promise<TokenReply> {
    const reply = await withDeadline({ timeoutMs: requestTimeoutMs }, (deadline) =>
      requestToken({ credential, exchange, deadline, now: () => clock.now() }),
    );
    onTokenRequest?.(reply.kind);
    return reply;
  }

  const sources = new Map<string, TokenSource>();
  return (credential) => {
    const known = sources.get(credential.name);
    if (known) return known;
    const source = createTokenSource({ requestToken: () => mint(credential), clock });
    sources.set(credential.name, source);
    return source;
  };
}
