import { wakeUpQueue } from '@bulkwatch/store';
import type { Redis } from 'ioredis';

/** Jobs of which the engine has an entry that waits, in whichever way, or that somebody works on. */
export async function readEngine(redis: Redis): Promise<string[]> {
  const base = `${wakeUpQueue.prefix}:${wakeUpQueue.name}`;
  const lists = await Promise.all([
    redis.zrange(`${base}:delayed`, '0', '-1'),
    redis.zrange(`${base}:prioritized`, '0', '-1'),
    redis.lrange(`${base}:wait`, 0, -1),
    redis.lrange(`${base}:active`, 0, -1),
  ]);
  // An entry is named for its job and the number of its wake-up.
  return lists.flat().map((entry) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(entry)?.[0] ?? entry);
}
