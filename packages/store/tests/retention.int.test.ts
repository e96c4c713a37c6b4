import type { Complete, Refreshed } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Removed, Retention } from '../src/index.js';
import { firstIdSince } from '../src/tend-settled.js';
import {
  type Bench,
  complete,
  facts,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

const day = 86_400_000;
const never = Number.POSITIVE_INFINITY;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ retryAfterFloorMs: 0 });
});
afterAll(() => bench.close());

const record = (jobId: string) => `{bulkwatch}:job:${jobId}`;
const read = (jobId: string) => bench.jobs.get(tenant, jobId);
const acknowledge = (jobId: string) =>
  bench.jobs.acknowledge(tenant, jobId, { subscriber: 'loader', bearerToken: undefined });

/** A whole look after all settled jobs, as if none had been before. */
async function tend(retention: Partial<Retention>, holder = 'w1'): Promise<Removed> {
  await bench.raw.del('{bulkwatch}:upkeep', '{bulkwatch}:upkeep:turn');
  const sum = { jobs: 0, manifests: 0, timelines: 0 };
  await bench.jobs.tendSettled({
    holder,
    retention: { jobsMs: never, pollsMs: never, manifestsMs: never, ...retention },
    everyMs: 0,
    onRemoved(removed) {
      sum.jobs += removed.jobs;
      sum.manifests += removed.manifests;
      sum.timelines += removed.timelines;
    },
    rest: async () => undefined,
    isOver: () => false,
  });
  return sum;
}

async function settledJob(
  overrides: Parameters<typeof newJob>[0] = {},
  expiresAt?: number,
): Promise<string> {
  const { id } = await bench.register(newJob(overrides));
  const decision: Complete = { ...complete, ...(expiresAt === undefined ? {} : { expiresAt }) };
  await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
  return id;
}

/** Redis's clock cannot be moved, so the job is made older. */
const age = (jobId: string, ms: number) =>
  bench.raw.hset(record(jobId), 'settledAt', Date.now() - ms);

const keysOf = async (jobId: string): Promise<string[]> =>
  (await bench.raw.keys('{bulkwatch}:*')).filter(
    (key) => key.includes(jobId) && !key.startsWith('{bulkwatch}:bull:'),
  );

/** Where the id of a job stands inside of a key: sorted sets, sets, and strings. */
async function mentionsOf(jobId: string): Promise<string[]> {
  const found: string[] = [];
  for (const key of await bench.raw.keys('{bulkwatch}:*')) {
    const type = await bench.raw.type(key);
    if (type === 'zset' && (await bench.raw.zscore(key, jobId)) !== null) found.push(key);
    if (type === 'set' && (await bench.raw.sismember(key, jobId)) === 1) found.push(key);
    if (type === 'string' && (await bench.raw.get(key))?.includes(jobId)) found.push(key);
  }
  return found;
}

describe('a job that has been kept long enough', () => {
  it('is removed with all that it had, and nothing of it is left', async () => {
    const { id } = await bench.register(newJob({ requiredSubscribers: ['loader'] }));
    const page = { url: 'https://ehr.example/pages/1', bytes: new TextEncoder().encode('{}') };
    await bench.jobs.applyDecision(await bench.claim(id), pollAgain({ delayMs: 0, page }), facts);
    const decision = { ...complete, expiresAt: Date.now() + 1_000 };
    await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
    await bench.jobs.tellExpiries(() => undefined);
    expect((await keysOf(id)).toSorted()).toEqual(
      ['job', 'manifest', 'pages', 'polls'].map((kind) => `{bulkwatch}:${kind}:${id}`),
    );
    expect((await mentionsOf(id)).toSorted()).toEqual([
      '{bulkwatch}:expiring',
      '{bulkwatch}:expiry',
      '{bulkwatch}:jobs:default:completed',
    ]);
    await bench.raw.hset(record(id), 'expiresAt', Date.now() - 1);
    await bench.raw.zadd('{bulkwatch}:webhooks-failing', 1, record(id));
    await bench.raw.sadd('{bulkwatch}:webhooks-disabled', record(id));
    await age(id, 90 * day);
    expect(await tend({ jobsMs: 90 * day })).toMatchObject({ jobs: 1 });
    expect(await keysOf(id)).toEqual([]);
    expect(await mentionsOf(id)).toEqual([]);
    expect(await bench.store.webhooks.figures()).toMatchObject({
      failingCount: 0,
      disabledCount: 0,
    });
    expect(await read(id)).toBeUndefined();
  });

  it.each(['completed', 'failed', 'cancelled', 'abandoned'] as const)(
    'is removed where it is %s, of any tenant',
    async (state) => {
      const registered = await bench.jobs.register(`tenant-${state}`, newJob());
      if (registered.kind !== 'created') throw new Error(registered.kind);
      const { id } = registered.job;
      const claim = await bench.claim(id);
      if (state === 'completed') await bench.jobs.applyDecision(claim, complete, facts);
      if (state === 'cancelled')
        await bench.jobs.cancel(`tenant-${state}`, id, { deleteAtProvider: false });
      const ends = { failed: 'fail', abandoned: 'abandon' } as const;
      if (state === 'failed' || state === 'abandoned') {
        const reason = state === 'failed' ? 'export-failed' : 'tracking-deadline';
        await bench.jobs.applyDecision(claim, { next: ends[state], reason }, facts);
      }
      await age(id, 2 * day);
      expect(await tend({ jobsMs: day })).toMatchObject({ jobs: 1 });
      expect(await keysOf(id)).toEqual([]);
      expect(await mentionsOf(id)).toEqual([]);
    },
  );

  it('is not removed before, nor where it is kept for ever, nor while it is open', async () => {
    const [young, old] = [await settledJob(), await settledJob()];
    const { id: open } = await bench.register();
    await bench.raw.hset(record(open), 'registeredAt', 1);
    await age(young, day - 10_000);
    await age(old, 10_000 * day);
    expect(await tend({})).toEqual({ jobs: 0, manifests: 0, timelines: 0 });
    expect(await tend({ jobsMs: day })).toMatchObject({ jobs: 1 });
    expect(await read(young)).toBeDefined();
    expect(await read(open)).toBeDefined();
    expect(await read(old)).toBeUndefined();
  });

  it('is not removed while its provider is asked about it, nor soon after a refresh', async () => {
    const [refreshing, deleting, fresh] = [
      await settledJob(),
      await settledJob({ deleteOnAcknowledge: true }),
      await settledJob(),
    ];
    for (const id of [refreshing, fresh])
      await bench.jobs.refresh(tenant, id, { bearerToken: undefined });
    const refreshed: Refreshed = { ...complete, next: 'refreshed' };
    await bench.jobs.applyDecision(await bench.claim(fresh, 2), refreshed, facts);
    await acknowledge(deleting);
    for (const id of [refreshing, deleting, fresh]) await age(id, 2 * day);
    expect(await tend({ jobsMs: day, manifestsMs: day, pollsMs: day })).toEqual({
      jobs: 0,
      manifests: 0,
      timelines: 0,
    });
    expect((await bench.claim(deleting, 2)).action).toBe('delete');
  });

  it('is due again where it was taken for settled while its provider was to be asked', async () => {
    const id = await settledJob({ deleteOnAcknowledge: true });
    await acknowledge(id);
    await bench.raw.zrem('{bulkwatch}:due', id);
    await tend({});
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).not.toBeNull();
  });

  it('is kept until its files expire, unless they are loaded; not for ever, though', async () => {
    const until = Date.now() + 1_000 * day;
    const jobs = [await settledJob({}, until), await settledJob({}, until)] as const;
    const [wanted, loaded] = jobs;
    await acknowledge(loaded);
    for (const id of jobs) await age(id, 100 * day);
    expect(await tend({ jobsMs: day, manifestsMs: day })).toMatchObject({ jobs: 1, manifests: 0 });
    expect(await bench.manifestText(wanted)).toContain('"u"');
    await age(wanted, 366 * day);
    expect(await tend({ jobsMs: day })).toMatchObject({ jobs: 1 });
  });

  it('never leads to a delete request', async () => {
    const id = await settledJob({ deleteOnAcknowledge: true, bearerToken: 'canary' });
    await age(id, 2 * day);
    await tend({ manifestsMs: day, pollsMs: day });
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBeNull();
    await tend({ jobsMs: day });
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBeNull();
    expect(await keysOf(id)).toEqual([]);
  });

  it('is registered anew by the Idempotency-Key that points to it', async () => {
    const job = newJob({ idempotency: { key: 'k', fingerprint: 'f' } });
    const { id } = await bench.register(job);
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    expect(await bench.jobs.register(tenant, job)).toMatchObject({ kind: 'existing', job: { id } });
    await age(id, 2 * day);
    await tend({ jobsMs: day });
    const again = await bench.register(job);
    expect(again.id).not.toBe(id);
    expect(await bench.jobs.register(tenant, job)).toMatchObject({
      kind: 'existing',
      job: { id: again.id },
    });
  });
});

describe('a manifest and a timeline', () => {
  it('can be removed before the job', async () => {
    const id = await settledJob();
    await age(id, 3 * day);
    const { version = 0 } = (await read(id)) ?? {};
    expect(await tend({ jobsMs: 9 * day, pollsMs: day, manifestsMs: 2 * day })).toEqual({
      jobs: 0,
      manifests: 1,
      timelines: 1,
    });
    expect(await keysOf(id)).toEqual([record(id)]);
    const job = await read(id);
    expect(job).toMatchObject({ manifest: { outputCount: 1 }, version: version + 1 });
    expect(job?.manifestRemovedAt).toBeGreaterThan(Date.now() - 10_000);
    expect(await bench.jobs.manifest(tenant, id)).toEqual({ kind: 'none' });
    expect(await bench.jobs.polls(tenant, id)).toEqual([]);
    expect(await tend({ pollsMs: day, manifestsMs: day })).toMatchObject({ manifests: 0 });
  });

  it('are told of without it when the event is told again', async () => {
    const id = await settledJob();
    await age(id, 3 * day);
    await tend({ manifestsMs: day });
    await bench.jobs.republish(tenant, id);
    const events = (await bench.events()).filter(({ subject }) => subject === id);
    const [first, again] = events.filter(({ type }) => type.endsWith('.completed'));
    expect(first?.data.manifest).toBeDefined();
    expect(again?.id).toBe(first?.id);
    expect(again?.data.manifest).toBeUndefined();
    expect(again).not.toHaveProperty('dataref');
    expect(again?.data.job.manifest).toEqual(first?.data.job.manifest);
  });

  it('come anew with a refresh', async () => {
    const id = await settledJob();
    await age(id, 3 * day);
    await tend({ manifestsMs: day });
    await bench.jobs.refresh(tenant, id, { bearerToken: undefined });
    const refreshed: Refreshed = { ...complete, next: 'refreshed' };
    await bench.jobs.applyDecision(await bench.claim(id, 2), refreshed, facts);
    expect(await read(id)).not.toHaveProperty('manifestRemovedAt');
    expect(await bench.manifestText(id)).toContain('"u"');
  });
});

describe('the look after settled jobs', () => {
  it('puts back what the expiry clock has lost, and passes over what is no news', async () => {
    const [lost, old] = [
      await settledJob({}, Date.now() - 1_000),
      await settledJob({}, Date.now() - 2 * day),
    ];
    await bench.raw.del('{bulkwatch}:expiry');
    await tend({});
    const told: string[] = [];
    await bench.jobs.tellExpiries(({ event }) => told.push(event));
    expect(told).toEqual(['expired']);
    for (const id of [lost, old]) expect((await read(id))?.expiryToldMs).toBe(0);
  });

  it('is done by one worker at a time, and taken over from one that died', async () => {
    await Promise.all(Array.from({ length: 120 }, () => settledJob()));
    await bench.raw.del('{bulkwatch}:upkeep', '{bulkwatch}:upkeep:turn');
    const pages: string[] = [];
    const run = (holder: string, pagesMax: number) => {
      let count = 0;
      return bench.jobs.tendSettled({
        holder,
        retention: { jobsMs: never, pollsMs: never, manifestsMs: never },
        everyMs: 3_600_000,
        onRemoved: () => pages.push(holder),
        rest: async () => {
          count += 1;
        },
        isOver: () => count >= pagesMax,
      });
    };
    await run('w1', 1);
    await run('w2', 99);
    expect(pages).toEqual(['w1']);
    await bench.raw.del('{bulkwatch}:upkeep:turn');
    await run('w2', 99);
    expect(pages.filter((one) => one === 'w2').length).toBeGreaterThan(2);
    const done = pages.length;
    await run('w2', 99);
    expect(pages).toHaveLength(done);
    expect(await bench.raw.hget('{bulkwatch}:upkeep', 'wholeAt')).not.toBeNull();
  });

  it('looks, but for once a day, only at jobs that are old enough', async () => {
    const id = await settledJob();
    const [before, after] = [firstIdSince(Date.now() - day), firstIdSince(Date.now() + 1)];
    expect(id < before.slice(1)).toBe(false);
    expect(id < after.slice(1)).toBe(true);
    expect(firstIdSince(Number.NEGATIVE_INFINITY)).toBe('-');

    // Registered a moment ago, it cannot have settled two days ago, whatever its record says.
    await age(id, 2 * day);
    const lookAgain = async () => {
      await bench.raw.del('{bulkwatch}:upkeep:turn');
      await bench.jobs.tendSettled({
        holder: 'w1',
        retention: { jobsMs: day, pollsMs: never, manifestsMs: never },
        everyMs: 0,
        onRemoved: () => undefined,
        rest: async () => undefined,
        isOver: () => false,
      });
    };
    await tend({});
    await lookAgain();
    expect(await read(id)).toBeDefined();
    await bench.raw.hset('{bulkwatch}:upkeep', 'wholeAt', Date.now() - 2 * day);
    await lookAgain();
    expect(await read(id)).toBeUndefined();
  });
});
