import type { EventStore } from '../events/once-per-event.js';
import type { RedisConnection } from './redis-connection.js';

export interface RedisEventStoreOptions {
  /** What the keys begin with, such as `loader:seen:`; one for each handler. */
  readonly prefix: string;
  /** How long an id is remembered, in seconds; 2,592,000 (30 days) by default. No less than events are kept. */
  readonly keepSeconds?: number | undefined;
}

/** Remembers ids of events in Redis, each under a key of its own (`SET NX EX`), for all members of a group. */
export function redisEventStore(
  redis: Pick<RedisConnection, 'call'>,
  { prefix, keepSeconds = 2_592_000 }: RedisEventStoreOptions,
): EventStore {
  const keyOf = (eventId: string): string => `${prefix}${eventId}`;
  return {
    has: async (eventId) => Number(await redis.call('EXISTS', keyOf(eventId))) > 0,
    async add(eventId) {
      await redis.call('SET', keyOf(eventId), '1', 'EX', keepSeconds, 'NX');
    },
  };
}
