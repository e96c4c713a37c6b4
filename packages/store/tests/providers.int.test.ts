import { providerDetailSchema, providerListSchema } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf } from '../src/keys.js';
import {
  type Bench,
  complete,
  facts,
  limits,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

let origins = 0;
const newOrigin = (): string => `https://bulk-${(origins += 1)}.example`;
const openJobsOf = async (origin: string): Promise<number | undefined> =>
  (await bench.store.providers.get(origin, 1))?.openJobCount;
const claimOf: Bench['tryClaim'] = (...wakeUp) => bench.tryClaim(...wakeUp);

describe('a provider', () => {
  it('is known from its first job on, in the order of origins, page by page', async () => {
    const [first, second] = [newOrigin(), newOrigin()];
    expect(await bench.store.providers.get(first, 7)).toBeUndefined();
    for (const provider of [second, first, first]) await bench.register(newJob({ provider }));

    const all = await bench.store.providers.list({ cursor: undefined, limit: 100 });
    expect(providerListSchema.parse(all)).toEqual(all);
    expect(all.providers.map(({ origin }) => origin)).toEqual([first, second]);
    expect(all).toMatchObject({ nextCursor: null, everything: { pausedAt: null, pausedBy: null } });

    const page = await bench.store.providers.list({ cursor: undefined, limit: 1 });
    expect(page).toMatchObject({ providers: [{ origin: first }], nextCursor: first });
    const last = await bench.store.providers.list({ cursor: first, limit: 1 });
    expect(last).toMatchObject({ providers: [{ origin: second }], nextCursor: null });
  });

  it('has as many open jobs as have not settled, each counted once', async () => {
    const provider = newOrigin();
    const jobs = [newJob({ provider }), newJob({ provider }), newJob({ provider })];
    const [done, cancelled] = [await bench.register(jobs[0]), await bench.register(jobs[1])];
    await bench.register(jobs[2]);
    if (jobs[2]) expect((await bench.jobs.register(tenant, jobs[2])).kind).toBe('existing');
    expect(await openJobsOf(provider)).toBe(3);

    const claim = await bench.claim(done.id);
    await bench.jobs.applyDecision(claim, complete, facts);
    await bench.jobs.applyDecision(claim, complete, facts);
    expect(await openJobsOf(provider)).toBe(2);
    for (let times = 0; times < 2; times += 1)
      await bench.jobs.cancel(tenant, cancelled.id, { deleteAtProvider: false });
    expect(await openJobsOf(provider)).toBe(1);
  });

  it('tells how its gate stands', async () => {
    const provider = newOrigin();
    const { id } = await bench.register(newJob({ provider }));
    expect(await bench.store.providers.get(provider, 1)).toMatchObject({
      inFlightCount: 0,
      limits: limits.gate,
      rampConcurrency: null,
      circuit: 'closed',
      openUntil: null,
      waitUntil: null,
      retryAfterMs: null,
      exports: null,
    });

    const claim = await bench.claim(id);
    expect(await bench.store.providers.get(provider, 1)).toMatchObject({ inFlightCount: 1 });
    const asked = { delayMs: 60_000, requestedDelayMs: 60_000, pauseProviderMs: 60_000 };
    await bench.jobs.applyDecision(claim, pollAgain(asked), facts);
    const after = await bench.store.providers.get(provider, 1);
    expect(after).toMatchObject({ inFlightCount: 0, retryAfterMs: 60_000, answerMs: 12 });
    expect(Date.parse(after?.waitUntil ?? '')).toBeGreaterThan(Date.now());

    const hash = `{bulkwatch}:provider:${provider}`;
    await bench.raw.hset(hash, { limits: '2 - 1', openUntil: Date.now() + 60_000, window: 1 });
    expect(await bench.store.providers.get(provider, 1)).toMatchObject({
      limits: { concurrency: 2, perSecond: limits.gate.perSecond, burst: 1 },
      rampConcurrency: 1,
      circuit: 'open',
    });
    await bench.raw.hset(hash, { probe: id });
    expect((await bench.store.providers.get(provider, 1))?.circuit).toBe('half-open');
    await bench.raw.hdel(hash, 'probe');
    await bench.raw.hset(hash, {
      openUntil: Date.now() - 60_000,
      pausedUntil: Date.now() - 60_000,
    });
    expect(await bench.store.providers.get(provider, 1)).toMatchObject({
      circuit: 'half-open',
      waitUntil: null,
    });
  });
});

describe('the scorecard', () => {
  it('counts each poll once, by day, and keeps a day for five weeks', async () => {
    const provider = newOrigin();
    const { id } = await bench.register(newJob({ provider }));
    const first = await bench.claim(id);
    const again = pollAgain({
      delayMs: 0,
      requestedDelayMs: 0,
      progressed: true,
      anomalies: ['retry-after-clamped'],
    });
    for (let times = 0; times < 2; times += 1)
      await bench.jobs.applyDecision(first, again, { ...facts, status: 202 });
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);

    const detail = await bench.store.providers.get(provider, 7);
    expect(providerDetailSchema.parse(detail)).toEqual(detail);
    expect(detail?.scorecard).toMatchObject({
      toDay: dayOf(Date.now()),
      fromDay: dayOf(Date.now() - 6 * 86_400_000),
      pollCount: 2,
      answers: [
        { status: 202, outcome: 'in-progress', count: 1, share: 0.5 },
        { status: 200, outcome: 'complete', count: 1, share: 0.5 },
      ],
      retryAfter: { askedCount: 1, p50Ms: 0, missingCount: 0 },
      withoutExpiryCount: 1,
      anomalies: [{ name: 'retry-after-clamped', count: 1 }],
      answerTime: { p50Ms: 16 },
    });
    const key = `{bulkwatch}:score:${provider}:${dayOf(Date.now())}`;
    expect(await bench.raw.ttl(key)).toBeGreaterThan(34 * 86_400);

    const yesterday = `{bulkwatch}:score:${provider}:${dayOf(Date.now() - 86_400_000)}`;
    await bench.raw.hset(yesterday, { 'poll:429:rate-limited::10': 3 });
    expect((await bench.store.providers.get(provider, 2))?.scorecard.pollCount).toBe(5);
    expect((await bench.store.providers.get(provider, 1))?.scorecard.pollCount).toBe(2);
  });

  it('counts no more kinds of answers than a provider can mean', async () => {
    const provider = newOrigin();
    const { id } = await bench.register(newJob({ provider }));
    const key = `{bulkwatch}:score:${provider}:${dayOf(Date.now())}`;
    const kinds = Array.from({ length: 4_000 }, (_, n) => [`poll:${n}:redirected::10`, '1']);
    await bench.raw.hset(key, ...kinds.flat());
    await bench.jobs.applyDecision(await bench.claim(id), pollAgain({ delayMs: 0 }), facts);
    expect(await bench.raw.hlen(key)).toBe(4_000);
  });

  it('does not count a result that came too late', async () => {
    const provider = newOrigin();
    const { id } = await bench.register(newJob({ provider }));
    const claim = await bench.claim(id);
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect((await bench.jobs.applyDecision(claim, complete, facts)).kind).toBe('stale');
    expect((await bench.store.providers.get(provider, 1))?.scorecard.pollCount).toBe(0);
  });
});

describe('a pause by an operator', () => {
  it('holds the jobs of one provider until it is resumed; the first who paused stays named', async () => {
    const [paused, other] = [newOrigin(), newOrigin()];
    const { id } = await bench.register(newJob({ provider: paused }));
    const elsewhere = await bench.register(newJob({ provider: other }));

    const first = await bench.store.providers.pause(paused, 'maria');
    expect(first).toMatchObject({ origin: paused, pausedBy: 'maria' });
    expect(Math.abs(Date.parse(first?.pausedAt ?? '') - Date.now())).toBeLessThan(5_000);
    expect(await bench.store.providers.pause(paused, 'otto')).toEqual(first);
    expect(await claimOf(id)).toMatchObject({ kind: 'early', heldBy: 'provider-paused' });
    expect((await claimOf(elsewhere.id)).kind).toBe('claimed');
    expect((await bench.jobs.fleet(0)).pauseCount).toBe(1);

    for (let times = 0; times < 2; times += 1)
      expect(await bench.store.providers.resume(paused)).toMatchObject({
        pausedAt: null,
        pausedBy: null,
      });
    expect((await bench.jobs.fleet(0)).pauseCount).toBe(0);
    const later = await bench.register(newJob({ provider: paused }));
    expect((await claimOf(later.id)).kind).toBe('claimed');
  });

  it('holds everything', async () => {
    const { id } = await bench.register(newJob({ provider: newOrigin() }));
    const first = await bench.store.providers.pauseAll('maria');
    expect(first.pausedBy).toBe('maria');
    expect(await bench.store.providers.pauseAll('otto')).toEqual(first);
    expect(await claimOf(id)).toMatchObject({ kind: 'early', heldBy: 'all-paused' });
    const { everything } = await bench.store.providers.list({ cursor: undefined, limit: 1 });
    expect(everything).toEqual(first);

    const none = { pausedAt: null, pausedBy: null };
    expect(await bench.store.providers.resumeAll()).toEqual(none);
    expect(await bench.store.providers.resumeAll()).toEqual(none);
    const later = await bench.register(newJob({ provider: newOrigin() }));
    expect((await claimOf(later.id)).kind).toBe('claimed');
  });

  it('is not made for a provider that has never had a job', async () => {
    expect(await bench.store.providers.pause('https://nobody.example', 'maria')).toBeUndefined();
    expect(await bench.store.providers.resume('https://nobody.example')).toBeUndefined();
    expect(await bench.raw.exists('{bulkwatch}:provider:https://nobody.example')).toBe(0);
  });
});
