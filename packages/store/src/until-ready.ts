import type { Redis } from 'ioredis';
import { errorCode } from './redis/error-code.js';
import { type RedisServer, whereabouts } from './redis/redis-server.js';
import { RequirementsError } from './requirements-error.js';
import { ask } from './store-context.js';

const everyMs = 100;

/**
 * Waits until Redis answers, and returns its time in epoch ms. Throws RequirementsError at the time-out, with the
 * last thing that went wrong on the connection.
 */
export async function untilReady(
  redis: Redis,
  server: RedisServer,
  timeoutMs: number,
): Promise<number> {
  const until = performance.now() + timeoutMs;
  let lastTrouble: string | undefined;
  const note = (error: unknown): void => {
    lastTrouble = errorCode(error) ?? lastTrouble;
  };
  redis.on('error', note);
  try {
    // Where it is not to be tried again, it has ended.
    while (performance.now() < until && redis.status !== 'end') {
      if (redis.status === 'ready') {
        const now = await redisNow(redis).catch(() => undefined);
        if (now !== undefined) return now;
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  } finally {
    redis.off('error', note);
  }
  redis.disconnect();
  const { where, env } = whereabouts(server);
  const cause = lastTrouble === undefined ? '' : ` (${lastTrouble})`;
  const howLong = performance.now() < until ? '' : ` within ${timeoutMs / 1000} s`;
  throw new RequirementsError([`It did not answer ${where}${howLong}${cause}; see ${env}.`]);
}

/** Redis's clock, epoch ms. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await ask(redis.time());
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
