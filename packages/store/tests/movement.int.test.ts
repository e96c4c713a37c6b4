import { exportEventSchema } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewJob } from '../src/index.js';
import { keys } from '../src/keys.js';
import { scripts } from '../src/scripts.js';
import {
  type Bench,
  complete,
  facts,
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

const eventsOf = async (jobId: string) =>
  (await bench.events()).filter(({ subject }) => subject === jobId);
const polled = async (jobId: string, decision: Parameters<typeof pollAgain>[0]) =>
  bench.jobs.applyDecision(await bench.claim(jobId), pollAgain({ delayMs: 0, ...decision }), facts);

describe('a standstill', () => {
  const since = Date.UTC(2026, 0, 4);
  const stall = { health: 'stalled', stalled: { since, thresholdMs: 90_000 } } as const;

  it('is told with what it is measured by, and claimed until the export moves', async () => {
    const { id } = await bench.register();
    await polled(id, {
      movedAt: since,
      percentFrom: 10,
      percentFromAt: since,
      progressPercent: 10,
    });
    const applied = await polled(id, stall);

    expect(applied).toMatchObject({ kind: 'again', told: ['stalled'] });
    const told = exportEventSchema.parse((await eventsOf(id)).at(-1));
    expect(told).toMatchObject({
      type: 'bulkwatch.export.stalled',
      data: {
        stall: { since: new Date(since).toISOString(), thresholdSeconds: 90 },
        job: { health: 'stalled', state: 'in-progress' },
      },
    });
    const { job } = await bench.claim(id);
    expect(job).toMatchObject({ movedAt: since, percentFrom: 10, percentFromAt: since });
    expect(job.stalledAt).toBeGreaterThan(since);
    expect(told.data.job.healthSince).toBe(new Date(job.stalledAt ?? 0).toISOString());
  });

  it('is forgotten once the export moves', async () => {
    const { id } = await bench.register();
    await polled(id, { movedAt: since });
    await polled(id, stall);
    await polled(id, { movedAt: since + 1 });

    const { job } = await bench.claim(id);
    expect(job.movedAt).toBe(since + 1);
    expect(job).not.toHaveProperty('stalledAt');
    expect(job).not.toHaveProperty('health');
  });
});

describe('a change of health', () => {
  const failed = {
    inProgress: false,
    health: 'unreachable',
    reason: 'timed-out',
    failureCount: 1,
  } as const;

  it('is dated, and not told to those who did not ask', async () => {
    const { id } = await bench.register();
    await polled(id, failed);
    const first = await bench.jobs.get(tenant, id);
    await polled(id, failed);

    expect(first?.healthSince).toBe(first?.lastPolledAt);
    expect((await bench.jobs.get(tenant, id))?.healthSince).toBe(first?.healthSince);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('is told where the settings say so, once and after all else', async () => {
    const store = await bench.open('worker', { healthEvents: true });
    const { id } = await bench.register();
    const apply = async (decision: Parameters<typeof pollAgain>[0]) =>
      store.jobs.applyDecision(
        await bench.claim(id),
        pollAgain({ delayMs: 0, ...decision }),
        facts,
      );
    await apply(failed);
    await apply(failed);
    const better = await apply({ progressed: true, progress: 'half', partials: ['{"output":[]}'] });
    await store.close();

    expect(better).toMatchObject({ told: ['progressed', 'partial', 'health-changed'] });
    const told = (await eventsOf(id)).slice(1);
    expect(told.map(({ type }) => type)).toEqual([
      'bulkwatch.export.health-changed',
      'bulkwatch.export.progressed',
      'bulkwatch.manifest.partial',
      'bulkwatch.export.health-changed',
    ]);
    expect(told.map((event) => exportEventSchema.parse(event).data)).toMatchObject([
      { previousHealth: 'ok', job: { health: 'unreachable', reason: 'timed-out' } },
      {},
      {},
      { previousHealth: 'unreachable', job: { health: 'ok', reason: null } },
    ]);
    expect(new Set(told.map((event) => event.id)).size).toBe(told.length);
  });

  it('by an operator is told as well, once', async () => {
    const store = await bench.open('api', { healthEvents: true });
    const { id } = await bench.register();
    await polled(id, failed);
    const pause = () => store.jobs.pause(tenant, id, 'of ops');
    const resume = () => store.jobs.resume(tenant, id);
    const done = [await pause(), await pause(), await resume(), await resume()];
    await bench.jobs.pause(tenant, id, 'of ops');
    await store.close();

    expect(done.map((result) => 'event' in result)).toEqual([true, false, true, false]);
    const told = (await eventsOf(id)).slice(1).map((event) => exportEventSchema.parse(event));
    expect(told.map(({ data }) => [data.previousHealth, data.job.health])).toEqual([
      ['unreachable', 'paused'],
      ['paused', 'unreachable'],
    ]);
    const [paused, resumed] = told;
    expect(paused?.data.job.healthSince).toBe(paused?.time);
    const shown = { ...resumed?.data.job, health: 'paused', pausedBy: 'of ops' };
    expect(paused?.data.job).toMatchObject({ ...shown, healthSince: paused?.time });
    expect(paused?.id).not.toBe(resumed?.id);
  });

  it('is told by the end of a pause where it came in the midst of one', async () => {
    const store = await bench.open('worker', { healthEvents: true });
    const { id } = await bench.register();
    const inFlight = await bench.claim(id);
    await store.jobs.pause(tenant, id, 'of ops');
    const applied = await store.jobs.applyDecision(inFlight, pollAgain(failed), facts);
    await store.jobs.resume(tenant, id);
    await store.close();

    expect(applied).toMatchObject({ told: [] });
    const told = (await eventsOf(id)).slice(1).map((event) => exportEventSchema.parse(event));
    expect(told.map(({ data }) => [data.previousHealth, data.job.health])).toEqual([
      ['ok', 'paused'],
      ['paused', 'unreachable'],
    ]);
  });

  it('by an operator is told of the record as it is, or not yet', async () => {
    const { id, version } = await bench.register();
    const streams = {
      events: keys.events,
      tenantEvents: keys.tenantEvents(tenant),
      health: keys.health,
    };
    const telling = { event: '{}', channel: 'bulkwatch:events:none', eventsMaxLength: 10_000 };
    const stale = { jobId: id, version: version - 1, healthScore: 0, ...telling };
    const pausing = { by: 'of ops', at: Date.now() };

    expect(
      await scripts.pauseJob(
        bench.raw,
        { job: keys.job(id), ...streams },
        { ...pausing, ...stale },
      ),
    ).toEqual(['changed']);
    await bench.jobs.pause(tenant, id, 'of ops');
    const resuming = { job: keys.job(id), due: keys.due, ...streams };
    expect(await scripts.resumeJob(bench.raw, resuming, stale)).toEqual(['changed']);
    expect((await bench.jobs.get(tenant, id))?.pausedAt).toBeDefined();
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it('to ok comes with a cancel, too', async () => {
    const { id } = await bench.register();
    await polled(id, failed);
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });

    const job = await bench.jobs.get(tenant, id);
    expect(job).toMatchObject({ health: 'ok', healthSince: job?.settledAt });
  });
});

describe('what the exports of a provider have taken', () => {
  const hour = 3_600_000;
  let providers = 0;
  /** Registers jobs of a provider of their own. */
  function provider() {
    const origin = `https://ehr-${(providers += 1)}.example`;
    let jobs = 0;
    const register = (more: Partial<NewJob> = {}) =>
      bench.register(newJob({ statusUrl: `${origin}/${(jobs += 1)}`, provider: origin, ...more }));
    /** An export that ends now and took as long as that. */
    const ended = async (tookMs: number) => {
      const { id } = await register();
      await polled(id, {});
      await bench.raw.hset(`{bulkwatch}:job:${id}`, 'registeredAt', Date.now() - tookMs);
      await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    };
    const history = async () => (await bench.claim((await register()).id)).history;
    return { origin, register, ended, history };
  }

  it('is unknown until one has completed', async () => {
    expect(await provider().history()).toBeUndefined();
  });

  it('comes with the claim of the next one', async () => {
    const { ended, history } = provider();
    for (const hours of [9, 1, 8, 2, 7, 3, 6, 4, 5, 10]) await ended(hours * hour);

    const known = await history();
    expect(known?.count).toBe(10);
    expect(Math.round((known?.medianMs ?? 0) / hour)).toBe(5);
    expect(Math.round((known?.p90Ms ?? 0) / hour)).toBe(9);
  });

  it('is of its last 200', async () => {
    const { origin, ended, history } = provider();
    await bench.raw.lpush(
      `{bulkwatch}:durations:${origin}`,
      ...Array.from({ length: 200 }, () => hour),
    );
    await ended(5 * hour);

    expect(await history()).toEqual({ count: 200, medianMs: hour, p90Ms: hour });
    expect(await bench.raw.llen(`{bulkwatch}:durations:${origin}`)).toBe(200);
  });

  it('counts what was seen under way, once, whatever is sent again', async () => {
    const { register, history } = provider();
    const atFirstSight = await register({ kickedOffAt: Date.now() - hour });
    await bench.jobs.applyDecision(await bench.claim(atFirstSight.id), complete, facts);
    expect(await history()).toBeUndefined();

    const seen = await register();
    await polled(seen.id, {});
    const claim = await bench.claim(seen.id);
    await bench.jobs.applyDecision(claim, complete, facts);
    await bench.jobs.applyDecision(claim, complete, facts);
    expect((await history())?.count).toBe(1);
  });

  it('takes the word of a job for when it was kicked off, but for a day only', async () => {
    const { register, history } = provider();
    for (const days of [0.5, 5_000]) {
      const { id } = await register({ kickedOffAt: Date.now() - days * 24 * hour });
      await polled(id, {});
      await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    }
    const known = await history();
    expect(Math.round((known?.medianMs ?? 0) / hour)).toBe(12);
    expect(Math.round((known?.p90Ms ?? 0) / hour)).toBe(24);
  });

  it('says nothing of those that failed', async () => {
    const { register, history } = provider();
    const { id } = await register();
    await polled(id, {});
    const failed = { next: 'fail', reason: 'export-failed' } as const;
    await bench.jobs.applyDecision(await bench.claim(id), failed, facts);

    expect(await history()).toBeUndefined();
  });

  it('lets ends be estimated, in lists of many providers, too', async () => {
    const known = provider();
    const unknown = provider();
    for (let count = 0; count < 5; count += 1) await known.ended(2 * hour);
    const [first, second] = [await known.register(), await unknown.register()];

    const [one, other] = await bench.jobs.present([first, second]);
    expect(other).toMatchObject({ id: second.id, etaAt: null, etaBasis: null });
    expect(one).toMatchObject({ id: first.id, etaBasis: 'history' });
    const tookMs = Date.parse(one?.etaAt ?? '') - first.registeredAt;
    expect(Math.round(tookMs / hour)).toBe(2);
    // Events of polls say it, too.
    await polled(first.id, { progressed: true, progress: 'half' });
    expect((await eventsOf(first.id)).at(-1)?.data.job.etaAt).toBe(one?.etaAt);
  });
});

it('jobs that an operator paused are listed by that', async () => {
  const { id } = await bench.register();
  await bench.raw.hset(`{bulkwatch}:job:${id}`, 'pausedAt', Date.now());
  const idsOf = async (health: 'paused' | 'ok') =>
    (await bench.jobs.list(tenant, { health }, { cursor: undefined, limit: 100 })).jobs.map(
      (job) => job.id,
    );

  expect(await idsOf('paused')).toContain(id);
  expect(await idsOf('ok')).not.toContain(id);
});
