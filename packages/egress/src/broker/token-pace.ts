import type { FetchFailure } from '@bulkwatch/core';
import type { ReplacementPause } from './token-vault.js';

/** Between replacements of tokens that are all refused. */
export const replacementPause: ReplacementPause = { firstMs: 5_000, longestMs: 60_000 };

/**
 * How long a token that replaced a refused one stays, once a provider has accepted it: jobs that are refused for
 * reasons of their own would else cost all others their token at every poll.
 */
export const acceptedSparedMs = 60_000;

/**
 * The pause after the n-th failed request in a row: 5 s, doubling, up to a minute while the endpoint is out, and
 * up to five when it refuses us: that is mended by people, and some endpoints lock a client out that insists.
 */
export function outagePauseMs(
  kind: 'refused' | 'failed',
  count: number,
  { retryAfterMs = 0 }: FetchFailure,
): number {
  const longestMs = kind === 'refused' ? 300_000 : 60_000;
  const ownMs = Math.min(5_000 * 2 ** (count - 1), longestMs);
  return Math.max(ownMs, Math.min(retryAfterMs, retryAfterMaxMs));
}

/** The longest Retry-After that is obeyed: a mistyped one must not block a credential for years. */
const retryAfterMaxMs = 3_600_000;

/** How long before its expiry a token is renewed: 30 s or a tenth of its life, whichever is less. */
export const renewalLeadMs = (lifeMs: number): number => Math.min(30_000, lifeMs / 10);
