// A subscriber as a process of its own, that is to be killed: its effect is to note the id of the event in Redis. It is
// killed from outside or, where a point is named, by itself there.
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { subscribe } from '../dist/redis.js';
import { killPoints } from './kill-points.mjs';

const [url, group, member, point] = process.argv.slice(2);
const { reach, watch } = killPoints(point);
const redis = new Redis(url);
redis.on('error', () => undefined);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

process.stdout.write('ready\n');
await subscribe({
  redis: watch(redis),
  group,
  member: member === '' ? undefined : member,
  from: 'start',
  signal: controller.signal,
  concurrency: point === undefined ? 2 : 1,
  takeOverMs: point === undefined ? 400 : 200,
  redeliverMs: 10,
  deliveriesMax: point === undefined ? 1_000 : 2,
  async onEvent({ id }, { deliveryCount }) {
    if (id === 'poison') throw new Error('always');
    await sleep(5);
    reach('before:effect');
    await redis.rpush(`effects:${group}`, id);
    reach('after:effect');
    await sleep(5);
    if (deliveryCount === 1 && id.endsWith('7')) throw new Error('the first time');
  },
});
redis.disconnect();
