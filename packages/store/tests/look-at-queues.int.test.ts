import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './store-bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const bull = '{bulkwatch}:bull';
const look = () => bench.store.readyQueues();
const none = { polls: false, webhooks: false };
const delayTo = (queue: string, inMs: number) =>
  bench.raw.zadd(`${bull}:${queue}:delayed`, String((Date.now() + inMs) * 4096 + 1), 'a-1');

describe('readyQueues', () => {
  it('sees what waits, in each of the queues', async () => {
    expect(await look()).toEqual(none);
    await bench.raw.lpush(`${bull}:webhooks:wait`, 'a-1');
    expect(await look()).toEqual({ ...none, webhooks: true });
    await bench.raw.zadd(`${bull}:polls:prioritized`, 1, 'a-1');
    expect(await look()).toEqual({ polls: true, webhooks: true });
    await bench.raw.lpush(`${bull}:polls:active`, 'b-1');
    await bench.raw.del(`${bull}:polls:prioritized`, `${bull}:webhooks:wait`);
    expect(await look()).toEqual(none);
  });

  it('sees a delay that is over, and not one that is still to come or about to be noticed', async () => {
    await delayTo('polls', 60_000);
    expect(await look()).toEqual(none);
    await delayTo('polls', -500);
    expect(await look()).toEqual(none);
    await delayTo('polls', -1_500);
    expect(await look()).toEqual({ ...none, polls: true });
  });

  it('sees a job that was registered, where the engine itself puts it', async () => {
    await bench.register();
    expect(await look()).toEqual({ ...none, polls: true });
    const queue = new Queue('polls', {
      prefix: bull,
      connection: { url: bench.redis.url, maxRetriesPerRequest: null },
    });
    await queue.pause();
    expect(await look()).toEqual(none);
    await queue.close();
  });

  it('rejects where Redis takes no write, though it answers', async () => {
    await bench.register();
    await bench.raw.config('SET', 'maxmemory', '1');
    await expect(look()).rejects.toMatchObject({ reason: 'store-unavailable' });
    await bench.raw.config('SET', 'maxmemory', '0');
    await bench.raw.config('SET', 'min-replicas-to-write', '1');
    await expect(look()).rejects.toMatchObject({ reason: 'store-unavailable' });
    await bench.raw.config('SET', 'min-replicas-to-write', '0');
    expect(await look()).toEqual({ ...none, polls: true });
  });
});
