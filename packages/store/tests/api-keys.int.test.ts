import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApiKey } from '../src/index.js';
import { type Bench, openBench } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const wanted = { tenant: 'acme', name: 'nightly', scopes: ['jobs:read', 'admin'] } as const;

describe('API keys', () => {
  it('are found by their id, with the digest of their text', async () => {
    const { apiKeys } = bench.store;
    const { key, text } = await apiKeys.create({ ...wanted, expiresAt: 4_000_000_000_000 });

    const found = await apiKeys.find(key.keyId);

    expect(found).toMatchObject({ ...wanted, keyId: key.keyId, expiresAt: 4_000_000_000_000 });
    expect(found?.digest).toEqual(readApiKey(text.reveal())?.digest);
    expect(await apiKeys.find('0000000000000000')).toBeUndefined();
  });

  it('remember their last use and their end, which comes once', async () => {
    const { apiKeys } = bench.store;
    const { keyId } = (await apiKeys.create(wanted)).key;
    await apiKeys.noteUse(keyId);

    expect(await apiKeys.revoke(keyId)).toBe('revoked');
    const { revokedAt, lastUsedAt } = (await apiKeys.find(keyId)) ?? {};
    expect(await apiKeys.revoke(keyId)).toBe('revoked-before');

    expect((await apiKeys.find(keyId))?.revokedAt).toBe(revokedAt);
    expect(lastUsedAt).toBeLessThanOrEqual(revokedAt ?? 0);
    expect(await apiKeys.revoke('0000000000000000')).toBe('not-found');
  });

  it('are listed in the order in which they were made', async () => {
    const { apiKeys } = bench.store;
    const { keyId } = (await apiKeys.create(wanted)).key;

    const listed = await apiKeys.list();

    expect(listed.at(-1)).toMatchObject({ ...wanted, keyId });
    expect(listed.map(({ createdAt }) => createdAt)).toEqual(
      listed.map(({ createdAt }) => createdAt).toSorted((a, b) => a - b),
    );
    expect(listed.every((key) => !('digest' in key))).toBe(true);
  });

  it('have no scope that the house does not know any more', async () => {
    const { apiKeys } = bench.store;
    const { keyId } = (await apiKeys.create(wanted)).key;
    const json = (await bench.raw.hget('{bulkwatch}:api-keys', keyId)) ?? '';
    await bench.raw.hset('{bulkwatch}:api-keys', keyId, json.replace('admin', 'former'));

    expect((await apiKeys.find(keyId))?.scopes).toEqual(['jobs:read']);
  });
});
