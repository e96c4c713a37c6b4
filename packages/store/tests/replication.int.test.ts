import { eventually, type Redis, startRedis, tellRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStore, type Store } from '../src/index.js';
import { keys } from '../src/keys.js';
import { replicationOf } from '../src/replication.js';
import { limits, newJob, tenant } from './store-bench.js';

let primary: Redis;
let replica: Redis;
let raw: RedisClient;
let store: Store;
beforeAll(async () => {
  primary = await startRedis({ settings: { 'repl-diskless-sync-delay': '0' } });
  replica = await startRedis({
    settings: { replicaof: `127.0.0.1 ${primary.port}`, appendonly: 'no' },
  });
  raw = new RedisClient(primary.url);
  raw.on('error', () => undefined);
  store = await createStore({
    redisUrl: primary.url,
    role: 'api',
    connectTimeoutMs: 5_000,
    replication: { replicas: 1, timeoutMs: 5_000 },
    limits,
    onProblem: () => undefined,
  });
});
afterAll(async () => {
  raw.disconnect();
  await store.close();
  await Promise.all([primary.stop(), replica.stop()]);
});

const untilLinked = () =>
  eventually(async () => expect(await raw.wait(1, 100)).toBe(1), { timeoutMs: 10_000 });
/** How often replicas were waited for, by anybody. */
const waits = async () =>
  Number(/cmdstat_wait:calls=(\d+)/.exec(await raw.info('commandstats'))?.[1] ?? 0);

describe('whether replicas have a registration', () => {
  beforeEach(untilLinked);

  it('is asked once for all who come meanwhile', async () => {
    const hasReplicated = replicationOf(raw, { replicas: 1, timeoutMs: 10_000 });
    const ids = Array.from({ length: 300 }, (_, n) => `job-${n}`);
    await Promise.all(ids.map((id) => raw.hset(keys.job(id), 'state', 'registered')));
    const before = await waits();

    const answers = await Promise.all(ids.map(hasReplicated));

    expect(answers).toEqual(ids.map(() => true));
    expect((await waits()) - before).toBe(2);
  });

  it('is no where the record is not there, though replicas have all that is', async () => {
    const hasReplicated = replicationOf(raw, { replicas: 1, timeoutMs: 10_000 });
    expect(await hasReplicated('lost-with-the-last-primary')).toBe(false);
  });

  it('is no where there are fewer of them', async () => {
    await raw.hset(keys.job('there'), 'state', 'registered');
    const hasReplicated = replicationOf(raw, { replicas: 2, timeoutMs: 50 });
    expect(await hasReplicated('there')).toBe(false);
  });

  it('is not asked again for those who came while Redis did not answer', async () => {
    const client = new RedisClient({ port: primary.port, commandTimeout: 300 });
    const hasReplicated = replicationOf(client, { replicas: 1, timeoutMs: 100 });
    await client.ping();
    const before = await waits();
    primary.pause();
    const answers = await Promise.allSettled(['one', 'another'].map(hasReplicated));
    primary.resume();

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // Answered in its turn: what was sent before has been done by then.
    await eventually(() => client.ping());
    expect((await waits()) - before).toBe(1);
    client.disconnect();
  });

  it('is not known where the connection ended before the answer came', async () => {
    replica.pause();
    const before = await waits();
    const registering = store.jobs.register(tenant, newJob()).then(
      ({ kind }) => kind,
      (error: Error) => error.name,
    );
    // What waits is blocked, and not answered while the replica hangs.
    await eventually(async () => expect(await raw.info('clients')).toContain('blocked_clients:1'));
    const killedAtMs = performance.now();
    await tellRedis(primary.port, 'CLIENT KILL TYPE normal');
    replica.resume();

    expect(await registering).toBe('StoreUnavailableError');
    // Before the command would have timed out, by which time callers want an answer.
    expect(performance.now() - killedAtMs).toBeLessThan(700);
    expect(await waits()).toBe(before + 1);
  });
});
