import { eventually } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  newSecret,
  openWebhookFleet,
  startReceiver,
  type WebhookFleet,
} from './webhook-fleet.js';

let fleet: WebhookFleet;
const closers: (() => Promise<void>)[] = [];
beforeEach(async () => {
  fleet = await openWebhookFleet();
});
afterEach(async () => {
  await fleet.close();
  for (const close of closers.splice(0)) await close();
});

async function receiver(answer?: Answer) {
  const started = await startReceiver(answer);
  closers.push(started.close);
  return started;
}

const log = async (endpointId: string) =>
  (await fleet.store.webhooks.deliveries('default', { endpointId }, { limit: 200 }))?.deliveries ??
  [];

/** Answers nothing, for ever. */
const silence: Answer = () => undefined;
/** Answers after a while. */
const slowly: Answer = (_post, response) => void setTimeout(() => response.end(), 50);

describe('a receiver that is out', () => {
  it('with ten thousand deliveries is asked one at a time, and delays no other', async () => {
    const [dead, alive] = [await receiver(silence), await receiver()];
    const { id } = await fleet.endpoint({ url: dead.url });
    await fleet.flood(10_000);
    await fleet.endpoint({ url: alive.url }, 'acme');
    // The first turn finds out with several at once; it is over within its timeout of 1 s.
    await fleet.worker({ BULKWATCH_WEBHOOK_TIMEOUT: '1s' });
    await eventually(() => expect(dead.posts.length).toBeGreaterThan(4), { timeoutMs: 10_000 });
    dead.figures.mostInFlight = 0;

    const lateness: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const from = Date.now();
      await fleet.happen('acme');
      await eventually(() => expect(alive.posts).toHaveLength(round + 1));
      lateness.push(Date.now() - from);
    }
    expect(Math.max(...lateness)).toBeLessThan(1_000);
    expect(dead.figures.mostInFlight).toBeLessThanOrEqual(1);
    expect(await fleet.store.webhooks.figures()).toMatchObject({
      pendingCount: 10_000,
      failingCount: 1,
      disabledCount: 0,
    });
    expect(
      await fleet.raw.keys('{bulkwatch}:bull:webhooks:*').then(({ length }) => length),
    ).toBeLessThan(20);
    expect((await log(id))[0]).toMatchObject({ state: 'pending' });
  });

  it('behind the webhooks of many jobs is asked by one of them at a time', async () => {
    const dead = await receiver((_post, response) => response.writeHead(503).end());
    for (let jobs = 0; jobs < 20; jobs += 1)
      await fleet.happen('default', {
        webhook: { url: `${dead.url}&job=${jobs}`, secret: newSecret() },
      });
    await fleet.worker();
    await eventually(() => expect(dead.posts.length).toBeGreaterThan(4), { timeoutMs: 8_000 });
    dead.figures.mostInFlight = 0;
    const before = dead.posts.length;
    await eventually(() => expect(dead.posts.length).toBeGreaterThan(before), { timeoutMs: 8_000 });

    expect(dead.figures.mostInFlight).toBe(1);
    expect(dead.posts.length).toBeLessThan(20);
  });

  it('for too long is disabled, with one event; enabled again it is sent what was held', async () => {
    let code = 500;
    const one = await receiver((_post, response) => response.writeHead(code).end());
    const { id } = await fleet.endpoint({ url: one.url });
    const key = `{bulkwatch}:webhook-endpoint:${id}`;
    const since = Date.now() - 6 * 86_400_000;
    await fleet.raw.hset(key, 'webhookFailingSince', since, 'webhookFailures', 3);
    await fleet.worker();
    await fleet.happen();
    await fleet.happen();
    await eventually(async () =>
      expect(await fleet.store.webhooks.endpoint('default', id)).toMatchObject({
        state: 'disabled',
        disabledReason: 'failing',
        lastReason: 'http-500',
      }),
    );
    await fleet.happen();
    await eventually(async () =>
      expect((await log(id)).map(({ state }) => state)).toEqual(['held', 'held', 'held']),
    );

    const stream = await fleet.raw.xrange('{bulkwatch}:events', '-', '+');
    const told = stream.map(
      ([, [, json = '']]) => JSON.parse(json) as { type: string; id: string },
    );
    expect(told.filter(({ type }) => type === 'bulkwatch.webhook.disabled')).toEqual([
      expect.objectContaining({ id: `${id}.webhook-disabled.${since}` }),
    ]);
    expect(await fleet.store.webhooks.figures()).toMatchObject({
      pendingCount: 0,
      failingCount: 0,
      disabledCount: 1,
    });

    code = 200;
    await fleet.store.webhooks.amendEndpoint('default', id, { enabled: true });
    const posts = one.posts.length;
    expect(await fleet.store.webhooks.replay('default', id, { state: 'held' })).toEqual({
      kind: 'replayed',
      count: 3,
    });
    await eventually(() => expect(one.posts).toHaveLength(posts + 3));
  });
});

describe('deliveries', () => {
  it('are at most so many at once, to one receiver and of one worker', async () => {
    let inFlight = 0;
    let mostInFlight = 0;
    const counted: Answer = (post, response, index) => {
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      response.on('close', () => void (inFlight -= 1));
      slowly(post, response, index);
    };
    const [one, other] = [await receiver(counted), await receiver(counted)];
    await fleet.endpoint({ url: one.url });
    await fleet.endpoint({ url: other.url });
    await fleet.flood(30);
    const limits = {
      BULKWATCH_WEBHOOK_CONCURRENCY: '2',
      BULKWATCH_WEBHOOK_RECEIVER_CONCURRENCY: '3',
    };
    const first = await fleet.worker(limits);
    await eventually(() => expect(one.posts.length + other.posts.length).toBeGreaterThan(10));
    expect(mostInFlight).toBe(2);
    await first.stop();

    const more = { ...limits, BULKWATCH_WEBHOOK_CONCURRENCY: '5' };
    await fleet.worker(more);
    await fleet.worker(more);
    await eventually(
      async () => {
        const { pendingCount } = await fleet.store.webhooks.figures();
        expect(pendingCount).toBe(0);
      },
      { timeoutMs: 10_000 },
    );
    expect(one.figures.mostInFlight).toBe(3);
    expect(other.figures.mostInFlight).toBe(3);
  });

  it('go on when all that the engine had is deleted', async () => {
    const one = await receiver();
    await fleet.endpoint({ url: one.url });
    await fleet.flood(3);
    for (const key of await fleet.raw.keys('{bulkwatch}:bull:webhooks*')) await fleet.raw.del(key);
    await fleet.passTime();
    await fleet.worker();

    await eventually(() => expect(one.posts).toHaveLength(3));
  });

  it('go on when the consumer group is lost', async () => {
    const one = await receiver();
    await fleet.endpoint({ url: one.url });
    await fleet.worker();
    await fleet.happen();
    await eventually(() => expect(one.posts).toHaveLength(1));
    await fleet.raw.xgroup('DESTROY', '{bulkwatch}:events', 'bulkwatch-webhooks');
    await fleet.happen();

    await eventually(() => expect(one.posts).toHaveLength(2), { timeoutMs: 10_000 });
    expect(new Set(one.ids()).size).toBe(2);
  });

  it('go on after Redis was killed in the middle', async () => {
    const one = await receiver(slowly);
    const { id } = await fleet.endpoint({ url: one.url });
    await fleet.worker();
    await fleet.flood(30);
    await eventually(() => expect(one.posts.length).toBeGreaterThan(3));
    await fleet.redis.restart();
    await fleet.happen();

    await eventually(
      async () => {
        await fleet.passTime();
        expect((await log(id)).filter(({ state }) => state === 'delivered')).toHaveLength(31);
      },
      { timeoutMs: 15_000, everyMs: 500 },
    );
    expect(new Set(one.ids()).size).toBe(31);
  });

  it('that are under way when a worker stops are left to another, in time', async () => {
    const one = await receiver(silence);
    const { id } = await fleet.endpoint({ url: one.url });
    const first = await fleet.worker({ BULKWATCH_WEBHOOK_TIMEOUT: '30s' });
    await fleet.happen();
    await eventually(() => expect(one.posts).toHaveLength(1));
    const from = performance.now();
    await first.stop();
    expect(performance.now() - from).toBeLessThan(2_500);
    expect(await log(id)).toMatchObject([{ state: 'pending', attemptCount: 0 }]);

    await fleet.worker();
    await eventually(() => expect(one.posts).toHaveLength(2));
  });

  it('do not keep a worker from stopping when Redis is gone', async () => {
    const one = await receiver(slowly);
    await fleet.endpoint({ url: one.url });
    await fleet.flood(50);
    const worker = await fleet.worker();
    await eventually(() => expect(one.posts.length).toBeGreaterThan(3));
    await fleet.redis.kill();
    const from = performance.now();
    await worker.stop();
    expect(performance.now() - from).toBeLessThan(3_500);
  });
});
