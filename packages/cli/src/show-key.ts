import type { ApiKey } from '@bulkwatch/store';

/** An API key in JSON; its instants are ISO 8601, null where there is none. */
export interface ShownKey {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export function showKey(key: ApiKey): ShownKey {
  const { keyId: id, tenant, name, scopes } = key;
  return {
    id,
    tenant,
    name,
    scopes,
    createdAt: iso(key.createdAt),
    expiresAt: iso(key.expiresAt),
    lastUsedAt: iso(key.lastUsedAt),
    revokedAt: iso(key.revokedAt),
  };
}

const iso = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();
