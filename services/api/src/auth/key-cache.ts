import { BoundedMap, type Clock } from '@bulkwatch/runtime';
import type { ApiKeys, StoredApiKey } from '@bulkwatch/store';

export interface KeyCacheParts {
  readonly apiKeys: Pick<ApiKeys, 'find' | 'noteUse'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Finds keys, and remembers for a moment what it found, so that not every request asks Redis. */
export interface KeyCache {
  find(keyId: string): Promise<StoredApiKey | undefined>;
  /** Writes down, at most once a minute, that a key is in use. Nobody waits for it. */
  noteUse(key: StoredApiKey): void;
}

/** A revoked key lives on for so long; and so long it is not asked again for one that is not there. */
const freshMs = 10_000;
const noteEveryMs = 60_000;
const keysMax = 10_000;

interface Found {
  readonly key: StoredApiKey | undefined;
  readonly untilMs: number;
}

export function createKeyCache({ apiKeys, clock, onProblem }: KeyCacheParts): KeyCache {
  // Kept apart, so that whoever makes up key ids does not make us forget those that are there.
  const there = new BoundedMap<string, Found>(keysMax);
  const notThere = new BoundedMap<string, Found>(keysMax);
  const notedAt = new BoundedMap<string, number>(keysMax);

  return {
    async find(keyId) {
      const found = there.get(keyId) ?? notThere.get(keyId);
      if (found && clock.monotonicMs() < found.untilMs) return found.key;
      there.delete(keyId);
      notThere.delete(keyId);
      const key = await apiKeys.find(keyId);
      (key ? there : notThere).set(keyId, { key, untilMs: clock.monotonicMs() + freshMs });
      return key;
    },

    noteUse({ keyId, lastUsedAt = 0 }) {
      const now = clock.now();
      if (now - Math.max(lastUsedAt, notedAt.get(keyId) ?? 0) < noteEveryMs) return;
      notedAt.set(keyId, now);
      apiKeys.noteUse(keyId).catch((error) => onProblem('last use of an API key', error));
    },
  };
}
