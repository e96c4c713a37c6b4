import { type RedisCluster, startRedis, startRedisCluster, tellRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore, openDiagnosis } from '../src/index.js';
import { limits } from './store-bench.js';

type Server = Parameters<typeof openDiagnosis>[0];

/** What is found of each topic, but for what is well. */
async function findingsOf(server: Server): Promise<Record<string, string>> {
  const diagnosis = await openDiagnosis(server, 3_000);
  const findings = await diagnosis.requirements();
  diagnosis.close();
  const unwell = findings.filter(({ level }) => level !== 'ok');
  return Object.fromEntries(unwell.map(({ topic, level, says }) => [topic, `${level}: ${says}`]));
}

describe('a managed Redis', () => {
  it.each([
    ['that lets nobody use CONFIG is well', '-config', {}],
    [
      'that lets nobody use INFO is a warning of each thing that cannot be known',
      '-info',
      {
        version: expect.stringMatching(/^warning: It does not tell/),
        role: expect.stringMatching(/^warning: It does not tell/),
        eviction: expect.stringMatching(/^warning: It does not tell/),
        durability: expect.stringMatching(/^warning: It does not tell/),
      },
    ],
  ])('%s', async (_what, refusing, expected) => {
    const redis = await startRedis();
    await tellRedis(redis.port, `ACL SETUSER default ${refusing}`);
    expect(await findingsOf({ redisUrl: redis.url })).toEqual(expected);

    const store = await createStore({
      redisUrl: redis.url,
      role: 'worker',
      connectTimeoutMs: 3_000,
      limits,
      onProblem: () => undefined,
    });
    expect((await store.requirements()).errors).toEqual([]);
    await store.close();
    await redis.stop();
  });
});

describe('a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  it('that is taken for a single Redis is told apart, wherever it was asked', async () => {
    const [first] = cluster.nodes;
    const advice = expect.stringContaining('BULKWATCH_REDIS_CLUSTER_NODES');
    const elsewhere = await findingsOf({ redisUrl: first?.url ?? '' });
    expect(elsewhere).toEqual({ topology: advice });
    expect(elsewhere['topology']).toMatch(/^failed: /);
    const here = await findingsOf({ redisUrl: cluster.middle.url });
    expect(here).toEqual({ topology: advice });
    expect(here['topology']).toMatch(/^warning: /);
  });

  it('is looked at where our keys are', async () => {
    const nodes = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`);
    expect(await findingsOf({ redisUrl: 'redis://not-used', redisClusterNodes: nodes })).toEqual(
      {},
    );
  });
});
