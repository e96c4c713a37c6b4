import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mendHealth } from '../src/fleet/health-index.js';
import { healthIndex, indexed, indexWrites } from './fleet-bench.js';
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
beforeEach(() => bench.raw.flushall());

const healths = async () => (await bench.jobs.fleet(0)).openJobsByHealth;
const none = {
  ok: 0,
  'rate-limited': 0,
  unreachable: 0,
  'auth-blocked': 0,
  'provider-error': 0,
  stalled: 0,
  paused: 0,
};
/** Polls a job, which is due, and has it go on. */
async function poll(jobId: string, decision: Parameters<typeof pollAgain>[0] = {}, wake = 1) {
  const claim = await bench.claim(jobId, wake);
  await bench.jobs.applyDecision(claim, pollAgain({ delayMs: 0, ...decision }), facts);
  await bench.raw.hset(`{bulkwatch}:job:${jobId}`, 'notBefore', 0);
}

describe('jobs by poll health', () => {
  it('follow what polls find, until the job settles', async () => {
    const { id } = await bench.register();
    await bench.register();
    expect(await healths()).toEqual({ ...none, ok: 2 });

    await poll(id, { health: 'unreachable', reason: 'timed-out' });
    expect(await healths()).toEqual({ ...none, ok: 1, unreachable: 1 });
    await poll(id, { health: 'provider-error', reason: 'provider-error' });
    expect(await healths()).toEqual({ ...none, ok: 1, 'provider-error': 1 });
    await poll(id, { saysNothing: true });
    expect(await healths()).toEqual({ ...none, ok: 1, 'provider-error': 1 });
    await poll(id);
    expect(await healths()).toEqual({ ...none, ok: 2 });

    await poll(id, { health: 'stalled' });
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    expect(await healths()).toEqual({ ...none, ok: 1 });
    expect(await indexed(bench)).toEqual([]);
  });

  it('are paused while an operator says so, and then what the last poll left', async () => {
    const { id } = await bench.register();
    await poll(id, { health: 'rate-limited', reason: 'rate-limited' });
    const claim = await bench.claim(id);
    await bench.jobs.pause(tenant, id, 'operator');
    expect(await healths()).toEqual({ ...none, paused: 1 });

    // A poll that was in flight ends.
    await bench.jobs.applyDecision(claim, pollAgain({ health: 'unreachable' }), facts);
    expect(await healths()).toEqual({ ...none, paused: 1 });
    await bench.jobs.resume(tenant, id);
    expect(await healths()).toEqual({ ...none, unreachable: 1 });

    await bench.jobs.pause(tenant, id, 'operator');
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await healths()).toEqual(none);
    expect(await indexed(bench)).toEqual([]);
  });

  it('lose a paused job that completes by the poll that was in flight', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    await bench.jobs.pause(tenant, id, 'operator');
    await bench.jobs.applyDecision(claim, complete, facts);

    expect(await indexed(bench)).toEqual([]);
  });

  it('cost an ordinary poll nothing', async () => {
    const { id } = await bench.register();
    await poll(id);
    const ordinary = await indexWrites(bench, () => poll(id));
    const changed = await indexWrites(bench, () => poll(id, { health: 'unreachable' }));
    const back = await indexWrites(bench, () => poll(id));

    expect([changed, back]).toEqual([ordinary + 1, ordinary + 1]);
    expect(await indexWrites(bench, () => poll(id))).toBe(ordinary);
  });

  it('are noted of jobs from before there was the index', async () => {
    const [well, unreachable, paused] = await Promise.all([1, 2, 3].map(() => bench.register()));
    const ids = [well, unreachable, paused].map((job) => job?.id ?? '');
    await bench.raw.hset(`{bulkwatch}:job:${unreachable?.id}`, 'health', 'unreachable');
    await bench.raw.hset(`{bulkwatch}:job:${paused?.id}`, 'health', 'stalled', 'pausedAt', 1);

    const context = { redis: bench.raw };
    expect([await mendHealth(context, ids), await mendHealth(context, ids)]).toEqual([2, 0]);
    expect(await healths()).toEqual({ ...none, ok: 1, unreachable: 1, paused: 1 });
  });

  it('are put right where a release that did not know them has worked', async () => {
    const [stray, settled, wrong] = await Promise.all([1, 2, 3].map(() => bench.register()));
    await bench.raw.zadd(healthIndex, 2, stray?.id ?? '', 2, settled?.id ?? '', 5, wrong?.id ?? '');
    await bench.raw.zadd(healthIndex, 6, 'a-job-that-is-gone');
    await bench.raw.hset(`{bulkwatch}:job:${settled?.id}`, 'state', 'completed');
    await bench.raw.hset(`{bulkwatch}:job:${wrong?.id}`, 'health', 'auth-blocked');

    expect(await bench.jobs.mendHealth(0)).toBe(0);
    expect(await indexed(bench)).toEqual([wrong?.id, '3']);
  });
});

describe('the figures of the fleet', () => {
  it('count what is due soon, and know the oldest open job', async () => {
    for (const minutes of [0, 0.5, 4, 10, 60])
      await bench.register(newJob({ firstDelayMs: minutes * 60_000 }));
    const { dueCounts, oldestOpenJobAgeMs } = await bench.jobs.fleet(0);

    expect(dueCounts).toEqual({ '1m': 2, '5m': 3, '15m': 4 });
    expect(oldestOpenJobAgeMs).toBeGreaterThanOrEqual(0);
    expect(oldestOpenJobAgeMs).toBeLessThan(30_000);
  });

  it('find the oldest open job among all tenants, however many', async () => {
    const id = (at: number) =>
      `${at.toString(16).padStart(12, '0').slice(0, 8)}-${at.toString(16).padStart(12, '0').slice(8)}-7000-8000-000000000000`;
    const hourAgo = Date.now() - 3_600_000;
    const line = bench.raw.pipeline();
    for (let n = 0; n < 450; n += 1) {
      line.sadd('{bulkwatch}:tenants', `t${n}`);
      line.zadd(`{bulkwatch}:jobs:t${n}:in-progress`, 0, id(hourAgo + n * 1_000));
      line.zadd(`{bulkwatch}:jobs:t${n}:completed`, 0, id(hourAgo - 1_000_000));
    }
    await line.exec();
    const { jobsByState, oldestOpenJobAgeMs } = await bench.jobs.fleet(0);

    expect(jobsByState).toMatchObject({ registered: 0, 'in-progress': 450, completed: 450 });
    expect(Math.abs(oldestOpenJobAgeMs - 3_600_000)).toBeLessThan(30_000);
  });

  it('tell the entries of the queues by where they are, and the memory of Redis', async () => {
    await bench.register();
    await bench.register(newJob({ firstDelayMs: 60_000 }));
    await bench.raw.zadd('{bulkwatch}:bull:polls:prioritized', 1, 'one');
    await bench.raw.rpush('{bulkwatch}:bull:webhooks:active', 'a', 'b');
    await bench.raw.config('SET', 'maxmemory', '1gb');
    const { queues, memory } = await bench.jobs.fleet(0);
    await bench.raw.config('SET', 'maxmemory', '0');

    expect(queues).toEqual({
      'wake-ups': { waiting: 1, prioritized: 1, delayed: 1, active: 0 },
      webhooks: { waiting: 0, prioritized: 0, delayed: 0, active: 2 },
    });
    expect(memory.limitBytes).toBe(1024 ** 3);
    expect(memory.usedBytes).toBeGreaterThan(100_000);
    expect(memory.machineBytes).toBeGreaterThan(memory.usedBytes ?? 0);
  });

  it('are told without the memory where Redis may not be asked for it', async () => {
    await bench.raw.acl('SETUSER', 'default', '-info');
    const { memory, overdueCount } = await bench.jobs.fleet(0);
    await bench.raw.acl('SETUSER', 'default', '+info');

    expect(memory).toEqual({
      usedBytes: undefined,
      limitBytes: undefined,
      machineBytes: undefined,
    });
    expect(overdueCount).toBe(0);
  });
});

describe('the figures of providers', () => {
  it('are those of the ones with the most open jobs, and of the others together', async () => {
    const at = (name: string) => ({ provider: `https://${name}.example` });
    for (const name of ['one', 'two', 'two', 'three', 'three', 'three'])
      await bench.register(newJob(at(name)));
    const done = await bench.register(newJob(at('idle')));
    await bench.jobs.applyDecision(await bench.claim(done.id), complete, facts);
    const busy = await bench.register(newJob(at('three')));
    await bench.claim(busy.id);
    await bench.store.providers.pause('https://two.example', 'operator');

    const { most, others } = await bench.store.providers.figures(2);
    expect(most.map(({ origin, openJobCount }) => [origin, openJobCount])).toEqual([
      ['https://three.example', 4],
      ['https://two.example', 2],
    ]);
    expect(others.map(({ origin }) => origin)).toEqual(['https://one.example']);
    expect(most[0]).toMatchObject({ inFlightCount: 1, circuit: 'closed', pausedAt: null });
    expect(most[1]?.pausedAt).not.toBeNull();
  });

  it('sum up the polls of this day by how they went', async () => {
    const { id } = await bench.register();
    for (let n = 0; n < 3; n += 1) await poll(id, { requestedDelayMs: n * 1_000 });
    await poll(id, { inProgress: false, health: 'unreachable', reason: 'timed-out' });
    const { most } = await bench.store.providers.figures(1);

    expect(new Map(most[0]?.polls)).toEqual(
      new Map([
        ['in-progress', 3],
        ['timed-out', 1],
      ]),
    );
  });
});
