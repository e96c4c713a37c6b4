import type { Clock, Secret } from '@bulkwatch/runtime';
import { createMemoryVault } from './broker/memory-vault.js';
import { createTokenBroker } from './broker/token-broker.js';
import type { Credential } from './credential.js';
import { withDeadline } from './deadline.js';
import type { Lookup } from './guard/guarded-connect.js';
import type { RefusalReason } from './guard/refusal.js';
import { openConnections } from './open-connections.js';
import type { ProviderPolicy } from './provider-policy.js';

export interface CredentialTrialOptions {
  readonly policy: ProviderPolicy;
  readonly clock: Clock;
  /** As of a status request; a token request has that and ten seconds at most. */
  readonly requestTimeoutMs: number;
  readonly proxy?: Secret | undefined;
  readonly lookup?: Lookup | undefined;
}

/** What came of trying a credential. Never the token. */
export type CredentialTrial =
  /** `lifeMs`: how long the token lives from now on, as far as it is believed. */
  | { readonly kind: 'issued'; readonly lifeMs: number; readonly durationMs: number }
  /** It is a token itself, or needs none: only a poll can show whether the provider takes it. */
  | { readonly kind: 'nothing-to-get' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly detail: string | undefined;
      /** Why the guard kept a connection from being made, where it did. */
      readonly refusal: RefusalReason | undefined;
      readonly durationMs: number;
    };

/**
 * Gets an access token with a credential, by the way that the worker gets it, and throws it away. The token that the
 * fleet shares is neither read nor replaced. Never throws for what network and token endpoint can do.
 */
export async function tryCredential(
  credential: Credential,
  options: CredentialTrialOptions,
): Promise<CredentialTrial> {
  if (credential.kind === 'none' || credential.kind === 'static-bearer')
    return { kind: 'nothing-to-get' };
  const { clock, requestTimeoutMs } = options;
  let refusal: RefusalReason | undefined;
  const connections = openConnections({
    ...options,
    bodyMaxBytes: 0,
    connectionsPerProvider: 1,
    onRefusal: (reason) => {
      refusal = reason;
    },
  });
  const broker = createTokenBroker({
    vault: createMemoryVault(clock),
    clock,
    requestTimeoutMs,
    exchangeFor: (one) => connections.for(one).token,
    onTokenRequest: () => undefined,
    onProblem: () => undefined,
  });
  const startedAt = clock.monotonicMs();
  try {
    const outcome = await withDeadline({ timeoutMs: requestTimeoutMs }, (deadline) =>
      broker.sourceOf(credential).obtain(deadline),
    );
    const now = clock.monotonicMs();
    const durationMs = now - startedAt;
    if (outcome.kind === 'issued')
      return { kind: 'issued', lifeMs: outcome.token.expiresAt - now, durationMs };
    const { reason, detail } = outcome.failure;
    return { kind: 'failed', reason, detail, refusal, durationMs };
  } finally {
    broker.close();
    await connections.destroy();
  }
}
