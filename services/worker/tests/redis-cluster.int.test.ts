import { type RedisCluster, startRedisCluster } from '@bulkwatch/testkit';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runFailoverCourse } from './failover-course.js';

let cluster: RedisCluster;
let redis: Cluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
  redis.on('error', () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await cluster.stop();
});

it('goes on by itself when another node of the cluster serves the slot, told so or not', async () => {
  const [first, , third] = cluster.nodes;
  await expect(
    runFailoverCourse({
      env: { BULKWATCH_REDIS_CLUSTER_NODES: `127.0.0.1:${first?.port},127.0.0.1:${third?.port}` },
      redisUrl: 'redis://not-used.invalid',
      primary: cluster.middle,
      redis,
      failovers: [() => cluster.switchOver(), () => cluster.replica.kill()],
    }),
  ).resolves.toBeUndefined();
}, 90_000);
