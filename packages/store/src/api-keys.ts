import { isScope, type Scope } from '@bulkwatch/contract';
import type { Secret } from '@bulkwatch/runtime';
import { mintApiKey } from './api-key-text.js';
import { keys } from './keys.js';
import { ask, type StoreContext } from './store-context.js';

/** What its owner chooses of an API key. */
export interface NewApiKey {
  readonly tenant: string;
  /** Whom it is for. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Epoch ms; without it the key lives until it is revoked. */
  readonly expiresAt?: number;
}

/** An API key as it is shown. Instants are epoch ms, by Redis's clock. */
export interface ApiKey extends NewApiKey {
  readonly keyId: string;
  readonly createdAt: number;
  /** Right within a minute. */
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
}

/** An API key with what its text is compared to: a SHA-256. */
export type StoredApiKey = ApiKey & { readonly digest: Buffer };

/** The API keys of all tenants. All of it rejects with StoreUnavailableError while Redis cannot serve. */
export interface ApiKeys {
  /** Makes a key. Its text is nowhere but in the answer. */
  create(key: NewApiKey): Promise<{ readonly key: ApiKey; readonly text: Secret }>;
  find(keyId: string): Promise<StoredApiKey | undefined>;
  /** All keys, the oldest first, those that are over included. */
  list(): Promise<readonly ApiKey[]>;
  /** Ends a key for ever. */
  revoke(keyId: string): Promise<'revoked' | 'revoked-before' | 'not-found'>;
  /** Notes that a key was used just now. */
  noteUse(keyId: string): Promise<void>;
}

/**
 * One hash holds them all: what never changes is JSON in a field named for the key's id, and each of the instants
 * that come later has a field of its own. So every write is a single command that may be sent twice.
 */
export function createApiKeys({ redis, clock }: Pick<StoreContext, 'redis' | 'clock'>): ApiKeys {
  return {
    async create(key) {
      const { keyId, digest, text } = mintApiKey();
      const kept = { ...key, createdAt: clock.now(), digest: digest.toString('base64') };
      await ask(redis.hsetnx(keys.apiKeys, keyId, JSON.stringify(kept)));
      return { key: { ...key, keyId, createdAt: kept.createdAt }, text };
    },

    async find(keyId) {
      const fields = [keyId, lastUsed(keyId), revoked(keyId)];
      const [json, lastUsedAt, revokedAt] = await ask(redis.hmget(keys.apiKeys, ...fields));
      return json ? decode(keyId, json, { lastUsedAt, revokedAt }) : undefined;
    },

    async list() {
      const all = await ask(redis.hgetall(keys.apiKeys));
      return Object.entries(all)
        .filter(([field]) => !field.includes(':'))
        .map(([keyId, json]) =>
          decode(keyId, json, {
            lastUsedAt: all[lastUsed(keyId)],
            revokedAt: all[revoked(keyId)],
          }),
        )
        .map(({ digest: _digest, ...key }) => key)
        .sort((a, b) => a.createdAt - b.createdAt);
    },

    async revoke(keyId) {
      if ((await ask(redis.hexists(keys.apiKeys, keyId))) === 0) return 'not-found';
      const isNew = await ask(redis.hsetnx(keys.apiKeys, revoked(keyId), clock.now()));
      return isNew === 1 ? 'revoked' : 'revoked-before';
    },

    noteUse: async (keyId) =>
      void (await ask(redis.hset(keys.apiKeys, lastUsed(keyId), clock.now()))),
  };
}

const lastUsed = (keyId: string): string => `${keyId}:lastUsedAt`;
const revoked = (keyId: string): string => `${keyId}:revokedAt`;

type LaterInstants = Readonly<Record<'lastUsedAt' | 'revokedAt', string | null | undefined>>;

function decode(keyId: string, json: string, { lastUsedAt, revokedAt }: LaterInstants) {
  const kept = JSON.parse(json) as NewApiKey & { createdAt: number; digest: string };
  return {
    ...kept,
    keyId,
    scopes: kept.scopes.filter(isScope),
    digest: Buffer.from(kept.digest, 'base64'),
    ...(lastUsedAt ? { lastUsedAt: Number(lastUsedAt) } : {}),
    ...(revokedAt ? { revokedAt: Number(revokedAt) } : {}),
  } satisfies StoredApiKey;
}
