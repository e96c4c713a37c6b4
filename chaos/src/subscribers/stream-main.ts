/**
 * A member of a consumer group of the event stream, with the client that subscribers install. A process of its own, so that it can
 * be killed. Arguments: URL of Redis, and the file for what it saw.
 */
import { subscribe } from '@bulkwatch/client/redis';
import { Redis } from 'ioredis';
import { noteSeen } from './seen-file.js';

const [redisUrl = '', file = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { lazyConnect: true });
redis.on('error', () => undefined);

await subscribe({
  redis,
  group: 'chaos',
  member: 'chaos-1',
  from: 'start',
  signal: new AbortController().signal,
  onEvent: (event) => noteSeen(file, event),
});
