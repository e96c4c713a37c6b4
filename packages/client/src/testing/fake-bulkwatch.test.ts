import { type EventWord, eventWords, exportEventSchema, jobSchema } from '@bulkwatch/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { oncePerEvent, subscribeOverSse } from '../index.js';
import { redisEventStore, subscribe } from '../redis.js';
import { createFakeBulkwatch, makeEvent, makeJob, makeManifest } from '../testing.js';

const statusUrl = 'https://ehr.example.org/bulk-export/jobs/1?sig=hidden';
const group = 'loader';

const controllers: AbortController[] = [];
afterEach(() => {
  for (const controller of controllers.splice(0)) controller.abort();
});
const untilEnd = (): AbortSignal => {
  const controller = new AbortController();
  controllers.push(controller);
  return controller.signal;
};

/** A fake and a subscriber to it, whose handler does this. */
function subscribed(onEvent: Parameters<typeof subscribe>[0]['onEvent'], options: object = {}) {
  const bulkwatch = createFakeBulkwatch();
  const controller = new AbortController();
  controllers.push(controller);
  const { redis } = bulkwatch;
  const base = { redis, group, from: 'start', redeliverMs: 1, takeOverMs: 100 } as const;
  const done = subscribe({ ...base, onEvent, signal: controller.signal, ...options });
  return { bulkwatch, done, stop: () => controller.abort() };
}

describe('what is made up', () => {
  it.each(eventWords)('is a true event of type %s', (word: EventWord) => {
    const event = makeEvent(word, { job: { labels: { study: 'cardio-7' } } });

    expect(exportEventSchema.parse(event)).toEqual(event);
    expect(event.type.endsWith(`.${word}`)).toBe(true);
    expect(event.data.job.labels).toEqual({ study: 'cardio-7' });
    expect(makeEvent(event.type).id).not.toBe(event.id);
  });

  it('is a true job, with what is given', () => {
    const job = makeJob({ state: 'completed' });

    expect(jobSchema.parse(job)).toEqual(job);
    expect(makeEvent('failed', { job }).data.job).toEqual(job);
  });

  it('has a manifest, or a reference to one', () => {
    expect(makeEvent('completed').data.manifest).toEqual(makeManifest());
    expect(makeEvent('completed', { dataref: '/v1/jobs/1/manifest' }).data.manifest).toBe(
      undefined,
    );
    expect(() => makeEvent('complete' as EventWord)).toThrow(TypeError);
  });
});

describe('a subscriber to the fake', () => {
  it('is given events in order, and acknowledges them', async () => {
    const seen: string[] = [];
    const { bulkwatch } = subscribed(({ type }) => void seen.push(type));
    const { job } = await bulkwatch.client.registerJob({ statusUrl });
    bulkwatch.progress(job.id, '50%', 50);
    bulkwatch.complete(job.id);
    await bulkwatch.settled(group);

    expect(seen.map((type) => type.split('.').at(-1))).toEqual([
      'registered',
      'progressed',
      'completed',
    ]);
  });

  it('is given an event again when it rejects, and puts it aside in the end', async () => {
    const counts: number[] = [];
    const { bulkwatch } = subscribed(
      (_event, { deliveryCount }) => {
        counts.push(deliveryCount);
        throw new Error('no room');
      },
      { deliveriesMax: 3 },
    );
    const event = makeEvent('completed');
    bulkwatch.tell(event);
    await bulkwatch.settled(group);

    expect(counts).toEqual([1, 2, 3]);
    expect(bulkwatch.deadLetters(group)).toEqual([
      { event, reason: 'handler-failed', error: 'Error: no room', deliveryCount: 3 },
    ]);
  });

  it('is given an event again that a dead member had, and passes over what it has seen', async () => {
    const bulkwatch = createFakeBulkwatch();
    const handled: string[] = [];
    const counts: number[] = [];
    const { redis } = bulkwatch;
    const once = oncePerEvent(redisEventStore(redis, { prefix: 'seen:' }), ({ id }) => {
      handled.push(id);
    });
    const event = makeEvent('completed');
    bulkwatch.tell(event);
    void subscribe({
      redis,
      group,
      from: 'start',
      takeOverMs: 100,
      signal: untilEnd(),
      onEvent: (event, delivery) => {
        counts.push(delivery.deliveryCount);
        return once(event, delivery);
      },
    });
    await bulkwatch.settled(group);
    bulkwatch.simulateRedelivery(group, event.id);
    await bulkwatch.settled(group);

    expect(counts).toEqual([1, 2]);
    expect(handled).toEqual([event.id]);
    expect(() => bulkwatch.simulateRedelivery(group, 'another')).toThrow('was not given');
  });

  it('stops when its handler is done, and goes on from there', async () => {
    let isDone = false;
    const { bulkwatch, done, stop } = subscribed(async () => {
      stop();
      await new Promise((resolve) => setTimeout(resolve, 20));
      isDone = true;
    });
    bulkwatch.tell(makeEvent('completed'), makeEvent('failed'));
    await done;
    expect(isDone).toBe(true);
    await expect(bulkwatch.settled(group, 20)).rejects.toThrow('has not dealt with all');

    const seen: string[] = [];
    void subscribe({
      redis: bulkwatch.redis,
      group,
      from: 'start',
      signal: untilEnd(),
      onEvent: ({ type }) => void seen.push(type),
    });
    await bulkwatch.settled(group);
    expect(seen).toEqual(['bulkwatch.export.failed']);
  });

  it('may be one over SSE', async () => {
    const bulkwatch = createFakeBulkwatch();
    const seen: string[] = [];
    const saved: string[] = [];
    bulkwatch.tell(
      makeEvent('registered', { job: { labels: { study: 'a' } } }),
      makeEvent('completed', { job: { labels: { study: 'a' } } }),
      makeEvent('completed', { job: { labels: { study: 'b' } } }),
    );
    const controller = new AbortController();
    await subscribeOverSse(bulkwatch.client, {
      from: 'start',
      types: ['completed'],
      labels: { study: 'a' },
      position: {
        load: async () => null,
        save: async (id) => {
          saved.push(id);
          if (id === '3-0') controller.abort();
        },
      },
      signal: controller.signal,
      onEvent: ({ id }) => void seen.push(id),
    });

    expect(seen).toEqual([bulkwatch.events()[1]?.id]);
    expect(saved).toEqual(['1-0', '2-0', '3-0']);
  });
});

describe('the client of the fake', () => {
  it('waits for a job that the test moves along', async () => {
    const bulkwatch = createFakeBulkwatch();
    const { job, created } = await bulkwatch.client.registerJob({ statusUrl, labels: { a: 'b' } });
    expect(created).toBe(true);
    expect(job.statusUrl).toBe('https://ehr.example.org/bulk-export/jobs/1?…');
    expect((await bulkwatch.client.registerJob({ statusUrl })).created).toBe(false);
    const seen: (string | null)[] = [];
    const waited = bulkwatch.client.waitFor(job.id, {
      onProgress: ({ progress }) => {
        seen.push(progress);
        if (progress === null) bulkwatch.progress(job.id, 'half');
        else bulkwatch.complete(job.id, makeManifest({ output: [] }));
      },
    });

    expect(await waited).toMatchObject({ state: 'completed', manifestVersion: 1 });
    expect(seen).toEqual([null, 'half', 'half']);
    expect(await bulkwatch.client.getManifest(job.id)).toMatchObject({ output: [] });
  });

  it('says no with the reasons of the api', async () => {
    const bulkwatch = createFakeBulkwatch();
    const { client } = bulkwatch;
    const { job } = await client.registerJob({ statusUrl });
    const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => 'none',
        (error: { reason: string }) => error.reason,
      );

    expect(await reasonOf(client.getJob('nobody'))).toBe('job-not-found');
    expect(await reasonOf(client.getManifest(job.id))).toBe('manifest-not-ready');
    expect(await reasonOf(client.refreshJob(job.id))).toBe('job-not-completed');
    expect(await reasonOf(client.registerJob({ statusUrl: 'x' }))).toBe('validation-failed');
    bulkwatch.fail(job.id);
    expect(await reasonOf(client.getManifest(job.id))).toBe('manifest-never');
    expect(await reasonOf(client.cancelJob(job.id))).toBe('job-already-settled');
    expect(await reasonOf(client.listProviders())).toBe('response-unreadable');
  });

  it('lists, amends, cancels and refreshes', async () => {
    const bulkwatch = createFakeBulkwatch();
    const { client } = bulkwatch;
    const urls = ['https://ehr.example.org/1', 'https://ehr.example.org/2', 'no URL'];
    const results = [];
    for await (const result of client.importUrls(urls, { labels: { a: 'b' } }))
      results.push(result);
    expect(results.map(({ status }) => status)).toEqual([201, 201, 422]);

    const jobs = [];
    for await (const job of client.eachJob({ labels: { a: 'b' } }, { limit: 1 })) jobs.push(job);
    expect(jobs.map((job) => job.statusUrl)).toEqual([urls[1], urls[0]]);
    const [first, second] = jobs.map(({ id }) => id) as [string, string];
    expect(await client.amendJob(first, { labels: {} })).toMatchObject({ labels: {} });
    expect(await client.cancelJob(first)).toMatchObject({ state: 'cancelled' });
    expect(await client.pauseJob(second)).toMatchObject({ health: 'paused' });
    bulkwatch.complete(second);
    expect((await client.refreshJob(second)).refreshUntil).not.toBe(null);
    expect(bulkwatch.complete(second)).toMatchObject({ manifestVersion: 2, refreshUntil: null });
    await client.republishEvent(second);
    const [again, before] = bulkwatch.events().toReversed();
    expect(again).toEqual(before);
  });
});
