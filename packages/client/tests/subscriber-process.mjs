// A subscriber as a process of its own, that is to be killed: its effect is to note the id of the event in Redis.
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { subscribe } from '../dist/redis.js';

const [url, group, member] = process.argv.slice(2);
const redis = new Redis(url);
redis.on('error', () => undefined);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

process.stdout.write('ready\n');
await subscribe({
  redis,
  group,
  member: member === '' ? undefined : member,
  from: 'start',
  signal: controller.signal,
  concurrency: 2,
  takeOverMs: 400,
  redeliverMs: 10,
  deliveriesMax: 1_000,
  async onEvent({ id }, { deliveryCount }) {
    await sleep(5);
    await redis.rpush('effects', id);
    await sleep(5);
    if (deliveryCount === 1 && id.endsWith('7')) throw new Error('the first time');
  },
});
redis.disconnect();
