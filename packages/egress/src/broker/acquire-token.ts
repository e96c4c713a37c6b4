import { randomInt, randomUUID } from 'node:crypto';
import type { FetchFailure } from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type { TokenReply } from './request-token.js';
import type { AccessToken, TokenInHand } from './token-in-hand.js';
import { outagePauseMs, renewalLeadMs } from './token-pace.js';
import type { SlotReading, TokenSlot, TokenVault, TurnResult } from './token-vault.js';

export type Acquired =
  | { readonly kind: 'token'; readonly token: AccessToken }
  | {
      readonly kind: 'outage';
      readonly outage: { readonly failure: FetchFailure; readonly endsAt: number };
    }
  /** Nothing is known of the endpoint. */
  | { readonly kind: 'failed'; readonly failure: FetchFailure };

export interface AcquireParts {
  readonly slot: TokenSlot;
  readonly vault: TokenVault;
  readonly clock: Clock;
  /** Asks the token endpoint, for less than `lockMs`. */
  readonly requestToken: () => Promise<TokenReply>;
  /** How long a turn at the token endpoint lasts at most. One that died with its process ends by itself. */
  readonly lockMs: number;
  /** Aborts when the process is about to end. */
  readonly closing: AbortSignal;
  /** Told when the vault cannot serve. */
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Takes the token that the fleet has, or waits for the one that another process is asking for, or asks for one.
 * Whoever has a valid one in hand does not wait for others. Rejects when the vault cannot serve.
 */
export async function acquireToken(parts: AcquireParts, inHand: TokenInHand): Promise<Acquired> {
  const { slot, vault, clock, lockMs, closing } = parts;
  // Two turns of others that died: longer than any poll waits.
  const givesUpAt = clock.monotonicMs() + 2 * lockMs;
  while (!closing.aborted && clock.monotonicMs() < givesUpAt) {
    const askedAt = clock.monotonicMs();
    const reading = await vault.read(slot);
    const token = tokenOf(reading, askedAt);
    if (token && askedAt < token.renewAt) return { kind: 'token', token };
    if (token && askedAt < token.expiresAt) inHand.take(token);
    const outage = outageOf(reading, askedAt);
    if (outage) return outage;
    if (reading.lockedForMs === 0) {
      const nonce = randomUUID();
      const turn = { nonce, version: reading.version, lockMs };
      if (await vault.lock(slot, turn)) return takeTurn(parts, nonce, reading);
    }
    if (inHand.valid()) break;
    // Not all in step, and soon enough for nobody to notice.
    await clock.sleep(randomInt(50, 150), closing);
  }
  return { kind: 'failed', failure: closing.aborted ? interrupted : waitedInVain };
}

const interrupted: FetchFailure = { reason: 'interrupted' };
const waitedInVain: FetchFailure = { reason: 'token-unavailable', detail: 'timed-out' };

function tokenOf({ token, lastRefused }: SlotReading, askedAt: number): AccessToken | undefined {
  if (!token) return undefined;
  const { secret, generation, renewInMs, expiresInMs } = token;
  const instants = { renewAt: askedAt + renewInMs, expiresAt: askedAt + expiresInMs };
  return { secret, generation, ...instants, isReplacement: lastRefused };
}

/** An outage that is not over. */
function outageOf({ outage }: SlotReading, askedAt: number): Acquired | undefined {
  if (!outage || outage.endsInMs <= 0) return undefined;
  const { failure, endsInMs } = outage;
  return { kind: 'outage', outage: { failure, endsAt: askedAt + endsInMs } };
}

/** Asks the token endpoint on behalf of all, and tells all what came of it. */
async function takeTurn(
  parts: AcquireParts,
  nonce: string,
  { outage, lastRefused }: SlotReading,
): Promise<Acquired> {
  const sentAt = parts.clock.monotonicMs();
  const reply = await parts.requestToken();
  const now = parts.clock.monotonicMs();
  if (reply.kind === 'issued') {
    const { secret, lifeMs } = reply;
    const expiresAt = sentAt + lifeMs;
    const renewAt = expiresAt - renewalLeadMs(lifeMs);
    const left = { renewInMs: renewAt - now, expiresInMs: expiresAt - now };
    await settle(parts, nonce, { kind: 'token', secret, ...left });
    const token = { secret, generation: nonce, renewAt, expiresAt, isReplacement: lastRefused };
    return { kind: 'token', token };
  }
  const { failure } = reply;
  if (failure.reason === 'interrupted') {
    await settle(parts, nonce, { kind: 'nothing' });
    return { kind: 'failed', failure };
  }
  const count = (outage?.count ?? 0) + 1;
  const endsInMs = outagePauseMs(reply.kind, count, failure);
  await settle(parts, nonce, { kind: 'outage', failure, count, endsInMs });
  return { kind: 'outage', outage: { failure, endsAt: now + endsInMs } };
}

/**
 * A turn that was lost to another process, or cannot be ended, has brought this one a token or a failure all
 * the same: the others will do without.
 */
async function settle(
  { slot, vault, onProblem }: AcquireParts,
  nonce: string,
  result: TurnResult,
): Promise<void> {
  await vault.settle(slot, nonce, result).catch((error: unknown) => {
    onProblem('an access token cannot be shared', error);
  });
}
