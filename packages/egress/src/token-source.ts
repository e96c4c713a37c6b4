import type { FetchFailure } from '@bulkwatch/core';
import type { Clock, Secret } from '@bulkwatch/runtime';
import { type Deadline, DeadlineError } from './deadline.js';
import type { TokenReply } from './request-token.js';

/** One generation of a credential's access token. Its instants are ms of the monotonic clock. */
export interface AccessToken {
  readonly secret: Secret;
  readonly renewAt: number;
  readonly expiresAt: number;
}

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly token: AccessToken }
  | { readonly kind: 'failed'; readonly failure: FetchFailure };

/** The access tokens of one credential, one at a time, shared by all its polls. */
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

/** Pause after the n-th bad turn in a row: 5 s, doubling, up to 60 s. */
const pauseMs = (count: number): number => Math.min(5_000 * 2 ** (count - 1), 60_000);
/** The longest Retry-After that is obeyed: a mistyped one must not block a credential for years. */
const retryAfterMaxMs = 3_600_000;

/** Keeps the token that `requestToken` gets, and paces the requests when it gets none. */
export function createTokenSource({
  requestToken,
  clock,
}: {
  requestToken: () => Promise<TokenReply>;
  clock: Pick<Clock, 'monotonicMs'>;
}): TokenSource {
  let held: AccessToken | undefined;
  let requesting: Promise<TokenOutcome> | undefined;
  let outage: Outage | undefined;
  let replacements = { count: 0, notBefore: Number.NEGATIVE_INFINITY };

  async function request(): Promise<TokenOutcome> {
    const sentAt = clock.monotonicMs();
    const reply = await requestToken();
    if (reply.kind === 'issued') {
      held = tokenOf(reply, sentAt);
      outage = undefined;
      return issued(held);
    }
    outage = outageOf(reply.failure, (outage?.count ?? 0) + 1, clock.monotonicMs());
    return heldOr(outage);
  }

  /** A token that is due for renewal, but not expired, serves on while the endpoint is out. */
  function heldOr(current: Outage): TokenOutcome {
    const now = clock.monotonicMs();
    if (held && now < held.expiresAt) return issued(held);
    return { kind: 'failed', failure: failureOf(current, now) };
  }

  async function obtain(deadline: Deadline): Promise<TokenOutcome> {
    const now = clock.monotonicMs();
    if (held && now < held.renewAt) return issued(held);
    if (!requesting && outage && now < outage.endsAt) return heldOr(outage);
    requesting ??= request().finally(() => {
      requesting = undefined;
    });
    // The request has a deadline of its own: whoever cannot wait leaves its token to the others.
    return deadline.bound(requesting).catch(failedWaiting);
  }

  return {
    obtain,
    async replace(refused, deadline) {
      if (held !== refused) return obtain(deadline);
      const now = clock.monotonicMs();
      if (now < replacements.notBefore) return undefined;
      const count = replacements.count + 1;
      replacements = { count, notBefore: now + pauseMs(count) };
      held = undefined;
      return obtain(deadline);
    },
    confirm(token) {
      if (token === held) replacements = { count: 0, notBefore: Number.NEGATIVE_INFINITY };
    },
  };
}

/** A span in which no token is asked for, since the last request failed. */
interface Outage {
  readonly failure: FetchFailure;
  readonly count: number;
  readonly endsAt: number;
}

function outageOf(failure: FetchFailure, count: number, now: number): Outage {
  const askedMs = Math.min(failure.retryAfterMs ?? 0, retryAfterMaxMs);
  return { failure, count, endsAt: now + Math.max(pauseMs(count), askedMs) };
}

/** A wait is passed on only where the endpoint asked for one, and then what is left of it. */
function failureOf({ failure, endsAt }: Outage, now: number): FetchFailure {
  if (failure.retryAfterMs === undefined) return failure;
  return { ...failure, retryAfterMs: endsAt - now };
}

/** Renewed ahead of expiry by 30 s or a tenth of its life, whichever is less. */
function tokenOf(reply: { secret: Secret; lifeMs: number }, sentAt: number): AccessToken {
  const expiresAt = sentAt + reply.lifeMs;
  const aheadMs = Math.min(30_000, reply.lifeMs / 10);
  return { secret: reply.secret, expiresAt, renewAt: expiresAt - aheadMs };
}

const issued = (token: AccessToken): TokenOutcome => ({ kind: 'issued', token });

function failedWaiting(error: unknown): TokenOutcome {
  if (!(error instanceof DeadlineError)) throw error;
  if (error.reason === 'interrupted') return { kind: 'failed', failure: { reason: 'interrupted' } };
  return { kind: 'failed', failure: { reason: 'token-unavailable', detail: error.reason } };
}
