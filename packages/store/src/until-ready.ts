import type { Redis } from 'ioredis';
import { ask } from './store-context.js';
import { StoreUnavailableError } from './store-unavailable.js';

const everyMs = 100;

/** Waits until Redis answers, and returns its time in epoch ms. Throws StoreUnavailableError at the time-out. */
export async function untilReady(redis: Redis, timeoutMs: number): Promise<number> {
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    if (redis.status === 'ready') {
      const now = await redisNow(redis).catch(() => undefined);
      if (now !== undefined) return now;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  redis.disconnect();
  throw new StoreUnavailableError();
}

/** Redis's clock, epoch ms. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await ask(redis.time());
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
