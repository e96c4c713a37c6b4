import { type SentinelHouse, startSentinelHouse } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runFailoverCourse } from './failover-course.js';

const sentinelPassword = 'of-the-sentinels';
let house: SentinelHouse;
let redis: Redis;
beforeAll(async () => {
  house = await startSentinelHouse({ sentinelPassword });
  redis = new Redis({
    sentinels: house.sentinels.map((one) => ({
      host: '127.0.0.1',
      port: Number(one.split(':')[1]),
    })),
    sentinelPassword,
    name: house.name,
    maxRetriesPerRequest: null,
  });
  redis.on('error', () => undefined);
});
afterAll(async () => {
  redis.disconnect();
  await house.stop();
});

it('goes on by itself when Sentinels put a replica in the place of a dead primary', async () => {
  await expect(
    runFailoverCourse({
      env: {
        BULKWATCH_REDIS_SENTINELS: house.sentinels.join(','),
        BULKWATCH_REDIS_SENTINEL_PRIMARY: house.name,
        BULKWATCH_REDIS_SENTINEL_PASSWORD: sentinelPassword,
      },
      redisUrl: 'redis://not-used.invalid',
      primary: house.primary,
      redis,
      failovers: [() => Promise.all([house.killSentinel(0), house.primary.kill()])],
    }),
  ).resolves.toBeUndefined();
}, 90_000);
