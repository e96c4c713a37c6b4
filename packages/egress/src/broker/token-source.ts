import type { FetchFailure } from '@bulkwatch/core';
import { type Deadline, DeadlineError } from '../deadline.js';
import { type Acquired, type AcquireParts, acquireToken } from './acquire-token.js';
import { type AccessToken, createTokenInHand } from './token-in-hand.js';
import { acceptedSparedMs, replacementPause } from './token-pace.js';

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly token: AccessToken }
  | { readonly kind: 'failed'; readonly failure: FetchFailure };

/** The access tokens of one credential, one at a time, shared by all its polls in the whole fleet. */
export interface TokenSource {
  /** The token in force, or a new one; however many ask at once, one request is made. */
  obtain(deadline: Deadline): Promise<TokenOutcome>;
  /**
   * A token in place of one that the provider refused. Undefined when that one had itself just
   * replaced a refused token: another would be refused as well, and the token endpoint is spared.
   */
  replace(refused: AccessToken, deadline: Deadline): Promise<TokenOutcome | undefined>;
  /** Notes that the provider accepted the token. */
  confirm(token: AccessToken): void;
}

/**
 * Holds the token that the vault or the token endpoint gave, so that a poll costs neither a question. When a
 * token is replaced elsewhere, this process learns it by the refusal of the old one.
 */
export function createTokenSource(parts: AcquireParts): TokenSource {
  const { slot, vault, clock, onProblem } = parts;
  const inHand = createTokenInHand(clock);
  const isDropped = createDropper(parts);
  let outage: { failure: FetchFailure; endsAt: number } | undefined;
  let confirmed: string | undefined;
  let acquiring: Promise<TokenOutcome> | undefined;

  async function acquire(): Promise<TokenOutcome> {
    const acquired = await acquireToken(parts, inHand).catch(withoutVault);
    outage = acquired.kind === 'outage' ? acquired.outage : undefined;
    if (acquired.kind !== 'token') return heldOr(failureOf(acquired));
    inHand.take(acquired.token);
    return issued(acquired.token);
  }

  function withoutVault(error: unknown): Acquired {
    onProblem('access tokens cannot be shared', error);
    return { kind: 'failed', failure: { reason: 'token-unavailable', detail: 'token-vault' } };
  }

  function heldOr(failure: FetchFailure): TokenOutcome {
    const token = inHand.valid();
    return token ? issued(token) : { kind: 'failed', failure };
  }

  /** A wait is passed on only where the endpoint asked for one, and then what is left of it. */
  function failureOf(acquired: Exclude<Acquired, { kind: 'token' }>): FetchFailure {
    if (acquired.kind === 'failed') return acquired.failure;
    const { failure, endsAt } = acquired.outage;
    if (failure.retryAfterMs === undefined) return failure;
    return { ...failure, retryAfterMs: endsAt - clock.monotonicMs() };
  }

  async function obtain(deadline: Deadline): Promise<TokenOutcome> {
    const token = inHand.fresh();
    if (token) return issued(token);
    if (!acquiring && outage && clock.monotonicMs() < outage.endsAt)
      return heldOr(failureOf({ kind: 'outage', outage }));
    acquiring ??= acquire().finally(() => {
      acquiring = undefined;
    });
    // The request has a deadline of its own: whoever cannot wait leaves its token to the others.
    return deadline.bound(acquiring).catch(failedWaiting);
  }

  return {
    obtain,
    async replace({ generation }, deadline) {
      if (!inHand.isOf(generation)) return obtain(deadline);
      if (!(await deadline.bound(isDropped(generation)).catch(() => false))) return undefined;
      inHand.drop(generation);
      return obtain(deadline);
    },
    confirm({ generation, isReplacement }) {
      if (!isReplacement || !inHand.isOf(generation) || confirmed === generation) return;
      confirmed = generation;
      vault.confirm(slot, generation, acceptedSparedMs).catch((error: unknown) => {
        onProblem('an accepted access token cannot be confirmed', error);
      });
    },
  };
}

/** Drops a refused generation for the whole fleet, once for all who ask; tells whether another may be had. */
function createDropper({
  slot,
  vault,
  onProblem,
}: AcquireParts): (generation: string) => Promise<boolean> {
  const dropping = new Map<string, Promise<boolean>>();

  async function drop(generation: string): Promise<boolean> {
    try {
      return (await vault.drop(slot, generation, replacementPause)) !== 'too-soon';
    } catch (error) {
      onProblem('a refused access token cannot be dropped', error);
      return false;
    } finally {
      dropping.delete(generation);
    }
  }

  return (generation) => {
    const known = dropping.get(generation);
    if (known) return known;
    const asked = drop(generation);
    dropping.set(generation, asked);
    return asked;
  };
}

const issued = (token: AccessToken): TokenOutcome => ({ kind: 'issued', token });

function failedWaiting(error: unknown): TokenOutcome {
  if (!(error instanceof DeadlineError)) throw error;
  if (error.reason === 'interrupted') return { kind: 'failed', failure: { reason: 'interrupted' } };
  return { kind: 'failed', failure: { reason: 'token-unavailable', detail: error.reason } };
}
