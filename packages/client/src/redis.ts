export type { Delivery, EventHandler, OnProblem } from './events/deliver.js';
export type { EventName } from './events/event-types.js';
export type { DeadLetterReason } from './redis/event-group.js';
export type { RedisCluster, RedisConnection } from './redis/redis-connection.js';
export { type RedisEventStoreOptions, redisEventStore } from './redis/redis-event-store.js';
export { subscribe } from './redis/subscribe.js';
export type { SubscribeOptions } from './redis/subscribe-options.js';
