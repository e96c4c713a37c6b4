import { type SentinelHouse, startSentinelHouse } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { runFailoverCourse } from './failover-course.js';

const sentinelPassword = 'of-the-sentinels';

/** A house of its own, whose primary has that happen to it. */
async function failOver(
  trouble: (house: SentinelHouse) => Promise<unknown>,
  isHanging = false,
): Promise<void> {
  const house = await startSentinelHouse({ sentinelPassword });
  const redis = new Redis({
    sentinels: house.sentinels.map((one) => ({
      host: '127.0.0.1',
      port: Number(one.split(':')[1]),
    })),
    sentinelPassword,
    name: house.name,
    maxRetriesPerRequest: null,
    // Without it, a subscriber would not notice for long that its primary hangs.
    failoverDetector: isHanging,
  });
  redis.on('error', () => undefined);
  try {
    await runFailoverCourse({
      env: {
        BULKWATCH_REDIS_SENTINELS: house.sentinels.join(','),
        BULKWATCH_REDIS_SENTINEL_PRIMARY: house.name,
        BULKWATCH_REDIS_SENTINEL_PASSWORD: sentinelPassword,
      },
      redisUrl: 'redis://not-used.invalid',
      primary: house.primary,
      redis,
      failovers: [() => trouble(house)],
      // A connection that says nothing is given up after 15 s, and an entry that was in hand is free again after up to 20 s.
      withinMs: isHanging ? 70_000 : 40_000,
    });
  } finally {
    redis.disconnect();
    await house.stop();
  }
}

it('goes on by itself when Sentinels put a replica in the place of a dead primary', async () => {
  await expect(
    failOver((house) => Promise.all([house.killSentinel(0), house.primary.kill()])),
  ).resolves.toBeUndefined();
}, 90_000);

it('goes on by itself when they put it in the place of one that hangs', async () => {
  await expect(failOver(async ({ primary }) => primary.pause(), true)).resolves.toBeUndefined();
}, 120_000);
