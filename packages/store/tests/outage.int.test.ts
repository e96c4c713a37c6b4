import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { eventually, startRedis, tellRedis } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStore, RequirementsError, type Store, StoreUnavailableError } from '../src/index.js';
import { type Bench, complete, facts, limits, newJob, openBench, tenant } from './store-bench.js';

let bench: Bench;
let api: Store;
beforeEach(async () => {
  bench = await openBench();
  api = await bench.open('api');
});
afterEach(async () => {
  await api.close();
  await bench.close();
});

async function refusedWithin(ms: number, work: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await expect(work()).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(performance.now() - from).toBeLessThan(ms);
}

/** A way to a Redis that says it is of version 5, and is as it was otherwise. */
async function startOlder(redisPort: number) {
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1');
    const end = () => [client, redis].map((socket) => socket.destroy());
    for (const socket of [client, redis]) socket.on('error', end).on('close', end);
    client.pipe(redis);
    redis.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      client.write(text.replace(/redis_version:\d/, 'redis_version:5'), 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('while Redis is away', () => {
  it('the api is refused within a second, and served again without a restart', async () => {
    const { id } = await bench.register();
    await bench.redis.kill();
    await refusedWithin(1_000, () => api.jobs.get(tenant, id));
    await refusedWithin(1_000, () => api.jobs.register(tenant, newJob()));
    await refusedWithin(1_000, () => api.ping());

    await bench.redis.restart();
    await eventually(async () => expect(await api.jobs.get(tenant, id)).toMatchObject({ id }));
    await eventually(async () => {
      const result = await api.jobs.register(tenant, newJob());
      expect(result.kind).toBe('created');
    });
  });

  it('the api is refused within a second when Redis hangs', async () => {
    bench.redis.pause();
    await refusedWithin(1_000, () => api.jobs.register(tenant, newJob()));
    bench.redis.resume();
    await eventually(async () => api.ping());
  });

  it('the worker waits, and what it had to say is recorded once Redis is back', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    await bench.redis.kill();
    const applying = bench.jobs.applyDecision(claim, complete, facts);
    await bench.redis.restart();
    expect(await applying).toEqual({ kind: 'settled', state: 'completed', told: ['completed'] });
  });
});

describe('at the start', () => {
  it('gives up on a Redis that cannot be reached', async () => {
    await bench.redis.kill();
    const opening = createStore({
      redisUrl: bench.redis.url,
      role: 'api',
      connectTimeoutMs: 300,
      limits,
      onProblem: () => undefined,
    });
    await expect(opening).rejects.toBeInstanceOf(RequirementsError);
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:\d+ within 0\.3 s \(ECONNREFUSED\)/);
  });

  it('names a password that Redis does not take', async () => {
    const redis = await startRedis({ settings: { requirepass: 'right' } });
    const opening = createStore({
      redisUrl: redis.url.replace('redis://', 'redis://:wrong-canary@'),
      role: 'worker',
      connectTimeoutMs: 500,
      limits,
      onProblem: () => undefined,
    });
    await expect(opening).rejects.toThrow('WRONGPASS');
    await expect(opening).rejects.not.toThrow('canary');
    await redis.stop();
  });

  it('says what is wrong with a Redis that evicts, and warns of one that does not keep', async () => {
    const settings = { 'maxmemory-policy': 'allkeys-lru', appendonly: 'no' };
    const redis = await startRedis({ settings });
    const store = await createStore({
      redisUrl: redis.url,
      role: 'worker',
      connectTimeoutMs: 2_000,
      limits,
      onProblem: () => undefined,
    });
    const report = await store.requirements();
    expect(report.errors.join()).toContain('noeviction');
    expect(report.warnings.join()).toContain('append-only');
    await store.close();
    await redis.stop();

    expect(await bench.store.requirements()).toEqual({ errors: [], warnings: [] });
  });

  it('says what is wrong with a Redis that is a replica', async () => {
    const replica = await startRedis({
      settings: { replicaof: `127.0.0.1 ${bench.redis.port}`, 'repl-diskless-sync-delay': '0' },
    });
    const store = await createStore({
      redisUrl: replica.url,
      role: 'worker',
      connectTimeoutMs: 5_000,
      limits,
      onProblem: () => undefined,
    });
    expect((await store.requirements()).errors.join()).toContain('is a replica');
    await store.close();
    await replica.stop();
  });

  it('says what is wrong with a Redis that is too old', async () => {
    const older = await startOlder(bench.redis.port);
    const store = await createStore({
      redisUrl: `redis://127.0.0.1:${older.port}`,
      role: 'worker',
      connectTimeoutMs: 5_000,
      limits,
      onProblem: () => undefined,
    });
    expect((await store.requirements()).errors.join()).toContain('is too old: 6.2 or newer');
    await store.close();
    older.close();
  });
});

describe('a Redis that has been made a replica', () => {
  it('takes nothing while it is a replica, and serves again when it is none', async () => {
    const { id } = await bench.register();
    await tellRedis(bench.redis.port, 'REPLICAOF 127.0.0.1 1');
    await refusedWithin(1_000, () => api.jobs.register(tenant, newJob()));
    await expect(bench.claim(id)).rejects.toBeInstanceOf(StoreUnavailableError);

    await tellRedis(bench.redis.port, 'REPLICAOF NO ONE');
    await eventually(async () => {
      expect((await api.jobs.register(tenant, newJob())).kind).toBe('created');
    });
    expect((await bench.claim(id)).epoch).toBe(1);
  });
});
