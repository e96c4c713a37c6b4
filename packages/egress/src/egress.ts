import type { Clock, Secret } from '@bulkwatch/runtime';
import { createMemoryVault } from './broker/memory-vault.js';
import type { TokenReply } from './broker/request-token.js';
import { createTokenBroker } from './broker/token-broker.js';
import type { TokenVault } from './broker/token-vault.js';
import type { CredentialBook } from './credential-book.js';
import { createFetchStatus, type FetchStatus } from './fetch-status.js';
import type { Lookup } from './guard/guarded-connect.js';
import type { OnRefusal } from './guard/refusal.js';
import { openConnections } from './open-connections.js';
import type { ProviderPolicy } from './provider-policy.js';

export interface EgressOptions {
  policy: ProviderPolicy;
  credentials: CredentialBook;
  clock: Clock;
  /** Total time of one status request; a token request has that and ten seconds at most. */
  requestTimeoutMs: number;
  /** Largest body of a 200; a larger one is `response-too-large`. */
  bodyMaxBytes: number;
  /** How much of any other answer's body is read; the rest is cut off. Default 64 KiB. */
  errorBodyMaxBytes?: number;
  /** Connections to one origin at a time; what exceeds them waits within its own deadline. */
  connectionsPerProvider: number;
  /** URL of a forward proxy that everything goes through. */
  proxy?: Secret | undefined;
  /** How names are resolved; as the system does by default. */
  lookup?: Lookup;
  /** Where the fleet shares access tokens; without it, each process gets its own. */
  vault?: TokenVault | undefined;
  onRefusal?: OnRefusal;
  onTokenRequest?: (outcome: TokenReply['kind']) => void;
  /** Told of troubles that nobody is waiting for, such as a vault that cannot serve. */
  onProblem?: (what: string, error: unknown) => void;
}

export interface Egress {
  fetchStatus: FetchStatus;
  /** Ends what is still in flight as `interrupted`, and every connection. */
  close(): Promise<void>;
}

/** Opens the way out to providers and token endpoints. The caller closes it. */
export function createEgress(options: EgressOptions): Egress {
  const { policy, credentials, clock, requestTimeoutMs, onRefusal } = options;
  const connections = openConnections(options);
  const broker = createTokenBroker({
    vault: options.vault ?? createMemoryVault(clock),
    clock,
    requestTimeoutMs,
    exchangeFor: (credential) => connections.for(credential).token,
    onTokenRequest: options.onTokenRequest ?? (() => undefined),
    onProblem: options.onProblem ?? (() => undefined),
  });
  return {
    fetchStatus: createFetchStatus({
      policy,
      credentials,
      clock,
      requestTimeoutMs,
      onRefusal,
      exchangeFor: (credential) => connections.for(credential).status,
      tokensOf: (credential) => broker.sourceOf(credential),
    }),
    async close() {
      broker.close();
      await connections.destroy();
    },
  };
}
