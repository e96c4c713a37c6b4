import type { FetchFailure } from '@bulkwatch/core';
import type { Clock, Secret } from '@bulkwatch/runtime';
import type { SlotReading, TokenSlot, TokenVault, TurnResult } from './token-vault.js';

/** What is known of one credential; instants are ms of the monotonic clock. */
interface Entry {
  readonly fingerprint: string;
  version: number;
  token?: { secret: Secret; generation: string; renewAt: number; expiresAt: number } | undefined;
  outage?: { failure: FetchFailure; count: number; endsAt: number } | undefined;
  lock?: { nonce: string; endsAt: number } | undefined;
  replacements: { count: number; notBefore: number };
}

/** A vault of this process alone, for when there is no key to seal tokens for others with. */
export function createMemoryVault(clock: Pick<Clock, 'monotonicMs'>): TokenVault {
  const entries = new Map<string, Entry>();
  const entryOf = ({ name, fingerprint }: TokenSlot): Entry => {
    const known = entries.get(name);
    if (known?.fingerprint === fingerprint) return known;
    const entry: Entry = { fingerprint, version: 0, replacements: none };
    entries.set(name, entry);
    return entry;
  };

  return {
    read: async (slot) => reading(entryOf(slot), clock.monotonicMs()),
    async lock(slot, { nonce, version, lockMs }) {
      const entry = entryOf(slot);
      const now = clock.monotonicMs();
      if (String(entry.version) !== version || (entry.lock && now < entry.lock.endsAt))
        return false;
      entry.lock = { nonce, endsAt: now + lockMs };
      return true;
    },
    async settle(slot, nonce, result) {
      const entry = entryOf(slot);
      if (entry.lock?.nonce !== nonce) return false;
      entry.lock = undefined;
      keep(entry, { nonce, result, now: clock.monotonicMs() });
      return true;
    },
    async drop(slot, generation, { firstMs, longestMs }) {
      const entry = entryOf(slot);
      const now = clock.monotonicMs();
      if (entry.token?.generation !== generation) return 'replaced';
      if (now < entry.replacements.notBefore) return 'too-soon';
      const count = entry.replacements.count + 1;
      const pauseMs = Math.min(firstMs * 2 ** (count - 1), longestMs);
      entry.replacements = { count, notBefore: now + pauseMs };
      entry.token = undefined;
      entry.version += 1;
      return 'dropped';
    },
    async confirm(slot, generation, sparedMs) {
      const entry = entryOf(slot);
      if (entry.token?.generation !== generation) return;
      entry.replacements = { count: 0, notBefore: clock.monotonicMs() + sparedMs };
    },
  };
}

const none = { count: 0, notBefore: Number.NEGATIVE_INFINITY };

function reading({ version, token, outage, lock, replacements }: Entry, now: number): SlotReading {
  return {
    version: String(version),
    lastRefused: replacements.count > 0,
    lockedForMs: Math.max((lock?.endsAt ?? now) - now, 0),
    ...(token && {
      token: {
        secret: token.secret,
        generation: token.generation,
        renewInMs: token.renewAt - now,
        expiresInMs: token.expiresAt - now,
      },
    }),
    ...(outage && {
      outage: { failure: outage.failure, count: outage.count, endsInMs: outage.endsAt - now },
    }),
  };
}

function keep(
  entry: Entry,
  { nonce, result, now }: { nonce: string; result: TurnResult; now: number },
): void {
  if (result.kind === 'nothing') return;
  entry.version += 1;
  if (result.kind === 'outage') {
    const { failure, count, endsInMs } = result;
    entry.outage = { failure, count, endsAt: now + endsInMs };
    return;
  }
  const { secret, renewInMs, expiresInMs } = result;
  entry.token = {
    secret,
    generation: nonce,
    renewAt: now + renewInMs,
    expiresAt: now + expiresInMs,
  };
  entry.outage = undefined;
}
