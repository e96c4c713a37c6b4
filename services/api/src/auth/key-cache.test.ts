import type { StoredApiKey } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createKeyCache } from './key-cache.js';

const key: StoredApiKey = {
  keyId: 'k',
  tenant: 'acme',
  name: 'n',
  scopes: [],
  createdAt: 0,
  digest: Buffer.alloc(32),
};

function setup() {
  const clock = manualClock();
  const asked: string[] = [];
  const noted: number[] = [];
  const problems: string[] = [];
  const keys: { stored: StoredApiKey | undefined; fails: boolean } = { stored: key, fails: false };
  const cache = createKeyCache({
    clock,
    apiKeys: {
      async find(keyId) {
        asked.push(keyId);
        return keys.stored;
      },
      async noteUse() {
        if (keys.fails) throw new Error('away');
        noted.push(clock.now());
      },
    },
    onProblem: (what) => void problems.push(what),
  });
  return { cache, clock, asked, noted, keys, problems };
}

describe('createKeyCache', () => {
  it('asks once in ten seconds, and then sees that a key was revoked', async () => {
    const { cache, clock, asked, keys } = setup();
    await cache.find('k');
    await clock.advance(9_999);
    keys.stored = { ...key, revokedAt: 1 };
    expect(await cache.find('k')).toEqual(key);
    expect(asked).toHaveLength(1);

    await clock.advance(1);

    expect(await cache.find('k')).toHaveProperty('revokedAt', 1);
    expect(asked).toHaveLength(2);
  });

  it('asks as seldom for a key that is not there', async () => {
    const { cache, clock, asked, keys } = setup();
    keys.stored = undefined;
    expect(await cache.find('k')).toBeUndefined();
    expect(await cache.find('k')).toBeUndefined();
    expect(asked).toHaveLength(1);

    keys.stored = key;
    await clock.advance(10_000);
    expect(await cache.find('k')).toEqual(key);
  });

  it('keeps the keys that are there, however many are made up', async () => {
    const { cache, asked, keys } = setup();
    await cache.find('k');
    keys.stored = undefined;
    for (let n = 0; n < 20_000; n += 1) await cache.find(`made up ${n}`);
    const before = asked.length;

    expect(await cache.find('k')).toEqual(key);
    expect(asked).toHaveLength(before);
    await cache.find('made up 0');
    expect(asked).toHaveLength(before + 1);
  });

  it('notes a use at most once a minute, whoever noted the last one', async () => {
    const { cache, clock, noted } = setup();
    cache.noteUse(key);
    cache.noteUse(key);
    await clock.advance(59_999);
    cache.noteUse(key);
    expect(noted).toHaveLength(1);

    await clock.advance(1);
    cache.noteUse({ ...key, lastUsedAt: clock.now() - 1 });
    expect(noted).toHaveLength(1);
    cache.noteUse(key);
    expect(noted).toHaveLength(2);
  });

  it('serves on when a use cannot be noted', async () => {
    const { cache, keys, problems } = setup();
    keys.fails = true;
    cache.noteUse(key);
    await Promise.resolve();

    expect(problems).toEqual(['last use of an API key']);
  });
});
