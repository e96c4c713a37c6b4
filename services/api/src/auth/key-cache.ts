import type { Clock } from '@bulkwatch/runtime';
import type { ApiKeys, StoredApiKey } from '@bulkwatch/store';

export interface KeyCacheParts {
  readonly apiKeys: Pick<ApiKeys, 'find' | 'noteUse'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Finds keys, and remembers those that are there for a moment, so that not every request asks Redis. */
export interface KeyCache {
  find(keyId: string): Promise<StoredApiKey | undefined>;
  /** Writes down, at most once a minute, that a key is in use. Nobody waits for it. */
  noteUse(key: StoredApiKey): void;
}

/** A revoked key lives on for so long. */
const freshMs = 10_000;
const noteEveryMs = 60_000;
const keysMax = 10_000;

export function createKeyCache({ apiKeys, clock, onProblem }: KeyCacheParts): KeyCache {
  const kept = new Map<string, { readonly key: StoredApiKey; readonly untilMs: number }>();
  const notedAt = new Map<string, number>();

  const keep = (key: StoredApiKey): void => {
    const [oldest] = kept.keys();
    if (kept.size >= keysMax && oldest !== undefined) {
      kept.delete(oldest);
      notedAt.delete(oldest);
    }
    kept.set(key.keyId, { key, untilMs: clock.monotonicMs() + freshMs });
  };

  return {
    async find(keyId) {
      const known = kept.get(keyId);
      if (known && clock.monotonicMs() < known.untilMs) return known.key;
      kept.delete(keyId);
      const key = await apiKeys.find(keyId);
      if (key) keep(key);
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
