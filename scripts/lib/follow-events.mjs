import { eventStream } from '@bulkwatch/contract';
import { Redis } from 'ioredis';

/**
 * A subscriber, as any program would write one: reads the event stream of Redis from now on.
 * @param {string} redisUrl
 * @returns {Promise<{ events: object[], stop: () => void }>} `events` grows as they come.
 */
export async function followEvents(redisUrl) {
  const redis = new Redis(redisUrl);
  const events = [];
  const [last] = await redis.xrevrange(eventStream, '+', '-', 'COUNT', 1);
  const reading = read(redis, last?.[0] ?? '0', (event) => events.push(event));
  // Stopping breaks the connection under the read that waits; any other end of it matters to no one here,
  // since the demo notices events that are missing.
  reading.catch(() => {});
  return { events, stop: () => redis.disconnect() };
}

async function read(redis, after, onEvent) {
  let lastId = after;
  for (;;) {
    const reply = await redis.xread('COUNT', 100, 'BLOCK', 0, 'STREAMS', eventStream, lastId);
    for (const [id, [, event]] of reply[0][1]) {
      lastId = id;
      onEvent(JSON.parse(event));
    }
  }
}
