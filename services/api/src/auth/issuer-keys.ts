import type { DocumentOutcome } from '@bulkwatch/egress';
import type { Clock } from '@bulkwatch/runtime';
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

export interface IssuerKeysParts {
  /** Asks the issuer for its keys. Never rejects. */
  readonly fetchKeys: () => Promise<DocumentOutcome>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Told of each request for the keys. */
  readonly onFetch: (outcome: DocumentOutcome) => void;
}

/** There are no keys by which a token could be judged. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** So long keys are believed before they are asked for again, and so long a withdrawn one may live on. */
const freshMs = 10 * 60_000;
/** The same while the issuer cannot say what its keys are. */
const keptMs = 24 * 3_600_000;
/** Between requests for a key id that is not known: anybody can make one up. */
const cooldownMs = 5_000;
/** Between requests to an issuer that is out. */
const retryMs = 5_000;

type LocalKeys = (...parameters: Parameters<JWTVerifyGetKey>) => Promise<CryptoKey>;

/**
 * Finds the key that a token says it is signed by, among those that its issuer publishes (JWKS, RFC 7517). They are
 * fetched when a token needs them. While the issuer is out the last good ones serve on, and requests to it wait for
 * nobody but the first. Without keys it rejects with KeysUnavailableError, and so it does for a key id that is not
 * known while the issuer is out: the key may be new. Otherwise it rejects as jose does.
 */
export function createIssuerKeys({ fetchKeys, clock, onFetch }: IssuerKeysParts): JWTVerifyGetKey {
  let held: { readonly find: LocalKeys; readonly fetchedAt: number } | undefined;
  let lastFetch: { readonly failed: boolean; readonly at: number } | undefined;
  let fetching: Promise<void> | undefined;

  const isYounger = (ageMs: number, at = Number.NEGATIVE_INFINITY): boolean =>
    clock.monotonicMs() - at < ageMs;
  const isOut = (): boolean => lastFetch?.failed === true;

  async function fetchAgain(): Promise<void> {
    const fetched = await fetchKeys();
    const { outcome, find } = keysOf(fetched);
    const at = clock.monotonicMs();
    lastFetch = { failed: find === undefined, at };
    if (find) held = { find, fetchedAt: at };
    onFetch(outcome);
  }

  async function refresh(): Promise<void> {
    if (!fetching && isYounger(isOut() ? retryMs : cooldownMs, lastFetch?.at)) return;
    fetching ??= fetchAgain().finally(() => {
      fetching = undefined;
    });
    await fetching;
  }

  const find: LocalKeys = async (header, token) => {
    if (!held || !isYounger(keptMs, held.fetchedAt)) throw new KeysUnavailableError();
    return held.find(header, token);
  };

  return async (header, token) => {
    if (!isYounger(freshMs, held?.fetchedAt)) {
      const refreshing = refresh();
      if (!isOut() || !isYounger(keptMs, held?.fetchedAt)) await refreshing;
    }
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await refresh();
    if (isOut()) throw new KeysUnavailableError();
    return find(header, token);
  };
}

/** An empty set is one too: the issuer has withdrawn all its keys. */
function keysOf(outcome: DocumentOutcome): { outcome: DocumentOutcome; find?: LocalKeys } {
  if (outcome.kind === 'failed') return { outcome };
  try {
    return { outcome, find: createLocalJWKSet(outcome.document as JSONWebKeySet) };
  } catch {
    return { outcome: { kind: 'failed', detail: 'no-key-set' } };
  }
}
