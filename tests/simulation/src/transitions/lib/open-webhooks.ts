import type { Commands } from '../../redis/commands.js';

/** `lib/open-webhooks.lua`: has the events from now on read for webhooks. */
export function openWebhooks(redis: Commands, house: string, stream: string): void {
  let from = redis.hget(house, 'from');
  if (from === undefined) {
    from = redis.lastStreamId(stream);
    redis.hset(house, 'from', from);
  }
  redis.createGroup(stream, 'bulkwatch-webhooks', from);
}
