import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadSettings } from '@bulkwatch/runtime';
import { openStore, type Store } from '@bulkwatch/store';
import { type Redis, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from './support/infra-files.js';
import { type RedisUser, urlFor, writeUsers } from './support/redis-users.js';

let users: Awaited<ReturnType<typeof writeUsers>>;
let redis: Redis;
let sealKeysFile: string;
const clients = new Map<RedisUser, RedisClient>();
const stores: Store[] = [];
beforeAll(async () => {
  users = await writeUsers();
  sealKeysFile = join(dirname(users.file), 'seal-keys');
  await writeFile(sealKeysFile, `k1 ${randomBytes(32).toString('base64')}\n`);
  redis = await startRedis({
    settings: { aclfile: users.file, 'enable-debug-command': 'yes' },
  });
  await as('test', 'SET', '{bulkwatch}:of-nobody', 'x');
  await as('test', 'SET', 'of-another-program', 'x');
  await as('test', 'XADD', '{bulkwatch}:events:acme', '*', 'event', '{}');
  await as('test', 'XADD', '{bulkwatch}:events:globex', '*', 'event', '{}');
});
afterAll(async () => {
  for (const client of clients.values()) client.disconnect();
  for (const store of stores) await store.close();
  await redis.stop();
  await users.remove();
});

function clientOf(user: RedisUser): RedisClient {
  const known = clients.get(user);
  if (known) return known;
  const client = new RedisClient(urlFor(user, redis.port), {
    enableReadyCheck: false,
    protocol: 2,
  });
  client.on('error', () => undefined);
  clients.set(user, client);
  return client;
}

const as = (user: RedisUser, command: string, ...args: string[]): Promise<unknown> =>
  clientOf(user).call(command, ...args);

async function storeAs(user: RedisUser): Promise<Store> {
  const settings = loadSettings('cli', {
    BULKWATCH_REDIS_URL: urlFor(user, redis.port),
    BULKWATCH_SEAL_KEYS_FILE: sealKeysFile,
  });
  const report = { onProblem: () => undefined, onWarning: () => undefined };
  const store = await openStore(settings, 'api', report);
  stores.push(store);
  return store;
}

const everyUser: readonly RedisUser[] = [
  'bulkwatch-api',
  'bulkwatch-worker',
  'bulkwatch-admin',
  'bulkwatch-metrics',
  'bulkwatch-subscriber-acme',
];

const harmful = [
  'FLUSHALL',
  'FLUSHDB',
  'KEYS *',
  'CONFIG GET *',
  'CONFIG SET appendonly no',
  'CONFIG REWRITE',
  'DEBUG SLEEP 0',
  'SHUTDOWN NOSAVE',
  'MONITOR',
  'ACL LIST',
  'ACL SETUSER bulkwatch-api +@all',
  'CLIENT LIST',
  'CLIENT KILL TYPE normal',
  'SCRIPT FLUSH',
  'FUNCTION FLUSH',
  'REPLICAOF NO ONE',
  'SLOWLOG GET',
  'SLOWLOG RESET',
  'MIGRATE 127.0.0.1 1 x 0 1',
  'SORT {bulkwatch}:tenants',
  'SWAPDB 0 1',
  'BGREWRITEAOF',
  'RANDOMKEY',
  'DBSIZE',
];

const elsewhere = ['GET of-another-program', 'SET of-another-program y', 'DEL of-another-program'];

/** What lies between the users. */
const ownBounds: Readonly<Partial<Record<RedisUser, readonly string[]>>> = {
  'bulkwatch-api': [
    'GET {bulkwatch}:of-nobody',
    'SET {bulkwatch}:manifest:1 x',
    'LPUSH {bulkwatch}:polls:1 x',
    'GET {bulkwatch}:token:oracle',
    'LRANGE {bulkwatch}:durations:https://ehr.example 0 -1',
    'HGETALL {bulkwatch}:pages:1',
    'HINCRBY {bulkwatch}:score:https://ehr.example:2026-11-23 withoutExpiry 1',
    'SCAN 0',
    'PUBLISH another-channel x',
  ],
  'bulkwatch-worker': [
    'GET {bulkwatch}:of-nobody',
    'HGETALL {bulkwatch}:api-keys',
    'SADD {bulkwatch}:tenants x',
    'GET {bulkwatch}:idempotency:x',
    'SCAN 0',
    'PUBLISH another-channel x',
  ],
  'bulkwatch-metrics': [
    'HGETALL {bulkwatch}:api-keys',
    'GET {bulkwatch}:of-nobody',
    'XRANGE {bulkwatch}:events - +',
    'SUBSCRIBE bulkwatch:events:completed',
  ],
  'bulkwatch-subscriber-acme': [
    'XRANGE {bulkwatch}:events - +',
    'XRANGE {bulkwatch}:events:globex - +',
    'XREAD STREAMS {bulkwatch}:events:acme {bulkwatch}:events:globex 0 0',
    'CLIENT TRACKING ON BCAST',
    'CLIENT CACHING YES',
    'XADD {bulkwatch}:events:acme * event {}',
    'XDEL {bulkwatch}:events:acme 1-1',
    'XTRIM {bulkwatch}:events:acme MAXLEN 0',
    'DEL {bulkwatch}:events:acme',
    'HGETALL {bulkwatch}:job:1',
    'PSUBSCRIBE bulkwatch:events:*',
    'SUBSCRIBE bulkwatch:events:completed',
    'EVAL return 0',
  ],
};

const refusals = everyUser.flatMap((user) =>
  [...harmful, ...elsewhere, ...(ownBounds[user] ?? [])].map((line) => [user, line] as const),
);

describe('infra/redis/users.acl', () => {
  it('holds no password, so that nobody gets in before an operator gives one', () => {
    expect(readText('infra/redis/users.acl')).not.toMatch(/[>#]|nopass/);
  });

  it.each(refusals)('does not let %s do %s', async (user, line) => {
    const [command = '', ...args] = line.split(' ');
    await expect(as(user, command, ...args)).rejects.toThrow(/^NOPERM/);
  });

  it('lets nobody in without a name', async () => {
    const client = new RedisClient(redis.url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => undefined);
    await expect(client.get('x')).rejects.toThrow();
    client.disconnect();
  });

  it('lets a subscriber read the stream of its tenant as a group', async () => {
    const stream = '{bulkwatch}:events:acme';
    const subscriber = (...line: string[]) =>
      as('bulkwatch-subscriber-acme', ...(line as [string]));
    await subscriber('XGROUP', 'CREATE', stream, 'loaders', '0');
    const read = (await subscriber(
      ...'XREADGROUP GROUP loaders one COUNT 1 STREAMS'.split(' '),
      stream,
      '>',
    )) as [[string, [[id: string, fields: string[]]]]];
    const [[, [[id]]]] = read;
    await subscriber('XAUTOCLAIM', stream, 'loaders', 'two', '0', '0');
    expect(await subscriber('XACK', stream, 'loaders', id)).toBe(1);
    expect(await subscriber('XINFO', 'GROUPS', stream)).toHaveLength(1);
  });

  it('lets the exporter of metrics count', async () => {
    const metrics = (...line: string[]) => as('bulkwatch-metrics', ...(line as [string]));
    expect(await metrics('INFO')).toContain('redis_version');
    expect(await metrics('XLEN', '{bulkwatch}:events:acme')).toBe(1);
    expect(await metrics('ZCARD', '{bulkwatch}:due')).toBe(0);
    expect(await metrics('SLOWLOG', 'LEN')).toBe(0);
    expect(await metrics('LATENCY', 'LATEST')).toEqual([]);
  });

  it('lets the api pause and read providers, and the worker heed and count', async () => {
    const [api, worker] = [await storeAs('bulkwatch-api'), await storeAs('bulkwatch-worker')];
    const provider = 'https://paused.example';
    const job = { statusUrl: `${provider}/1`, protocol: 'fhir-bulk', labels: {}, firstDelayMs: 0 };
    const registered = await api.jobs.register('default', { ...job, provider });
    if (registered.kind !== 'created') throw new Error(registered.kind);
    const claimOf = (nonce: string) =>
      worker.jobs.claimPoll({ jobId: registered.job.id, wake: 1 }, { nonce, dice: 0 });
    expect(await api.providers.pauseAll('maria')).toMatchObject({ pausedBy: 'maria' });
    expect(await claimOf('first')).toMatchObject({ kind: 'early', heldBy: 'all-paused' });
    await api.providers.resumeAll();
    expect(await api.providers.pause(provider, 'maria')).toMatchObject({ pausedBy: 'maria' });
    expect((await worker.jobs.fleet(0)).pauseCount).toBe(1);
    await api.providers.resume(provider);
    expect(await api.providers.get(provider, 7)).toMatchObject({ openJobCount: 1 });
    expect((await api.providers.list({ cursor: undefined, limit: 1 })).providers).toHaveLength(1);
  });

  it('lets the worker be elected, and read the figures of providers and of health', async () => {
    const worker = await storeAs('bulkwatch-worker');
    expect(await worker.duties.take('collector', 'me', 1_000)).toMatchObject({ isMine: true });
    await worker.duties.leave('collector', 'me');
    expect((await worker.providers.figures(1)).most.length).toBeLessThanOrEqual(1);
    expect(await worker.jobs.mendHealth(0)).toBe(0);
    const { memory } = await worker.jobs.fleet(0);
    expect(memory.usedBytes).toBeGreaterThan(0);
  });

  it('lets the worker trim event streams, and look how far their groups are', async () => {
    const worker = await storeAs('bulkwatch-worker');
    await as('test', 'XADD', '{bulkwatch}:events', '*', 'event', '{}');
    await as('test', 'XGROUP', 'CREATE', '{bulkwatch}:events', 'loader', '0');
    const kept = { maxAgeMs: 0, keepLength: 0 };
    const { groups } = await worker.eventStreams.trim('default', kept);
    expect(groups).toMatchObject([{ name: 'loader', lostCount: 0 }]);
    await worker.eventStreams.trim('acme', kept);
    expect(await worker.eventStreams.tenants()).toContain('default');
    await as('test', 'XGROUP', 'DESTROY', '{bulkwatch}:events', 'loader');
  });

  it('lets a subscriber put its dead letters aside, and write nowhere else', async () => {
    const letters = '{bulkwatch}:events:acme:dead-letters:loader';
    expect(await as('bulkwatch-subscriber-acme', 'XADD', letters, '*', 'event', '{}')).toBeTruthy();
    await expect(as('bulkwatch-subscriber-acme', 'XRANGE', letters, '-', '+')).rejects.toThrow(
      'NOPERM',
    );
  });

  it('lets the api read the events of each tenant, and the worker append them', async () => {
    const [api, worker] = [await storeAs('bulkwatch-api'), await storeAs('bulkwatch-worker')];
    const job = { protocol: 'fhir-bulk', provider: 'https://ehr.example', labels: {} };
    for (const tenant of ['default', 'initech']) {
      const { readTo } = await api.events.readNewest(tenant);
      const statusUrl = `https://ehr.example/of-${tenant}`;
      const made = await api.jobs.register(tenant, { ...job, statusUrl, firstDelayMs: 0 });
      if (made.kind !== 'created') throw new Error(made.kind);
      await worker.jobs.cancel(tenant, made.job.id, { deleteAtProvider: false });
      expect((await api.events.readAfter(tenant, readTo)).events).toHaveLength(2);
    }
  });

  it('lets the admin make and end keys and seal anew, and the api take them', async () => {
    const admin = await storeAs('bulkwatch-admin');
    const { key } = await admin.apiKeys.create({ tenant: 'acme', name: 'n', scopes: ['admin'] });
    const api = await storeAs('bulkwatch-api');
    expect((await api.apiKeys.find(key.keyId))?.tenant).toBe('acme');
    await api.apiKeys.noteUse(key.keyId);
    const quota = { requests: 1, windowMs: 1_000 };
    expect(await api.takeRequest(key.keyId, quota)).toMatchObject({ allowed: true });
    expect(await admin.apiKeys.revoke(key.keyId)).toBe('revoked');
    expect(await admin.apiKeys.list()).toHaveLength(1);

    const statusUrl = 'https://ehr.example/1?sig=x';
    await api.jobs.register('acme', {
      statusUrl,
      protocol: 'fhir-bulk',
      provider: 'https://ehr.example',
      labels: {},
      firstDelayMs: 0,
      idempotency: { key: 'k', fingerprint: 'f' },
    });
    expect(await admin.resealAll()).toMatchObject({ sealed: 1, resealed: 0 });
  });
});
