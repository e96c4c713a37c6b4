import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import {
  gaps,
  instants,
  jobsOf,
  mostInFlight,
  mostOvertaking,
  mostWithin,
  provider,
  start,
} from './gate-figures.js';
import { openSimulations, requestBudgetMs } from './gate-simulation.js';

let simulations: Awaited<ReturnType<typeof openSimulations>>;
beforeAll(async () => {
  simulations = await openSimulations();
});
afterAll(() => simulations.close());

const quick = () => ({ serviceMs: 100 });

describe('a backlog', () => {
  it('goes through at the pace, in due order, and hardly any job looks twice in vain', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 100, perSecond: 10, burst: 5 },
      answer: quick,
    });
    for (const job of jobsOf('t', 500, { dueAt: start - 1_000, everyMs: 1 }))
      await simulation.add(job);
    await simulation.runUntil(start + 60_000);

    const { sightings, claims } = simulation;
    expect(sightings).toHaveLength(500);
    expect(mostOvertaking(sightings)).toBe(0);
    // Five at once, and the others 100 ms apart.
    expect(instants(sightings).at(-1)).toBe(49_500);
    expect(new Set(gaps(sightings))).toEqual(new Set([0, 100]));
    expect(mostWithin(sightings, 1_000)).toBeLessThanOrEqual(5 + 10);
    expect(claims).toBeLessThanOrEqual(2.2 * 500);
  });

  it('goes through slow answers with few looks, never more of them at once than allowed', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 4, perSecond: 50, burst: 5 },
      answer: () => ({ serviceMs: 30_000 }),
    });
    for (const job of jobsOf('t', 120, { dueAt: start - 1_000, everyMs: 1 }))
      await simulation.add(job);
    await simulation.runUntil(start + 1_200_000);

    const { sightings, claims } = simulation;
    expect(sightings).toHaveLength(120);
    expect(mostInFlight(sightings)).toBe(4);
    expect(mostOvertaking(sightings)).toBeLessThanOrEqual(4);
    const tookMs = Math.max(...sightings.map(({ endsAt }) => endsAt)) - start;
    expect((120 * 30_000) / (4 * tookMs)).toBeGreaterThan(0.9);
    expect(claims).toBeLessThanOrEqual(25 * 120);
  });

  it('goes through answers that are slow by turns', async () => {
    let asked = 0;
    const simulation = await simulations.simulate({
      gate: { concurrency: 6, perSecond: 20, burst: 5 },
      answer: () => ({ serviceMs: Math.floor(asked++ / 40) % 2 ? 5_000 : 50 }),
    });
    for (const job of jobsOf('t', 240)) await simulation.add(job);
    await simulation.runUntil(start + 200_000);

    const { sightings } = simulation;
    expect(sightings).toHaveLength(240);
    expect(mostInFlight(sightings)).toBeLessThanOrEqual(6);
    // 120 slow ones, six at a time, take 100 s; the quick ones 6 s.
    expect(instants(sightings).at(-1)).toBeLessThan(150_000);
  });

  it('of jobs that were all woken at once after hours keeps order and pace, and looks stay few', async () => {
    const looksPerJob = async (count: number) => {
      const simulation = await simulations.simulate({
        gate: { concurrency: 16, perSecond: 50, burst: 10 },
        answer: quick,
      });
      simulation.noWorkerUntil = start + 4 * 3_600_000;
      for (const job of jobsOf('t', count, { everyMs: 7 })) await simulation.add(job);
      await simulation.runUntil(simulation.noWorkerUntil + 20 * count + 5_000);

      const { sightings } = simulation;
      expect(sightings).toHaveLength(count);
      expect(mostOvertaking(sightings)).toBe(0);
      expect(mostWithin(sightings, 1_000)).toBeLessThanOrEqual(10 + 50);
      expect(gaps(sightings.slice(10)).filter((ms) => ms > 21)).toEqual([]);
      return simulation.claims / count;
    };
    expect(await looksPerJob(300)).toBeLessThanOrEqual(2.2);
    expect(await looksPerJob(1_500)).toBeLessThanOrEqual(2.2);
  });

  it('that was held when the workers went down keeps order and pace when they are back', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 16, perSecond: 10, burst: 5 },
      answer: quick,
    });
    for (const job of jobsOf('t', 600, { everyMs: 1 })) await simulation.add(job);
    await simulation.runUntil(start + 10_000);
    const before = simulation.sightings.length;
    simulation.noWorkerUntil = start + 3 * 3_600_000;
    await simulation.runUntil(simulation.noWorkerUntil + 60_000);

    const after = simulation.sightings.slice(before);
    expect(simulation.sightings).toHaveLength(600);
    // Turns that were missed by less than five seconds still hold.
    expect(mostOvertaking(simulation.sightings)).toBeLessThanOrEqual(5 * 10);
    expect(mostWithin(after, 1_000)).toBeLessThanOrEqual(5 + 10);
    expect(simulation.claims).toBeLessThanOrEqual(4.5 * 600);
  });
});

describe('turns', () => {
  it('of jobs that are gone pass by themselves, at the pace', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 16, perSecond: 10, burst: 1 },
      answer: quick,
    });
    const jobs = jobsOf('t', 200, { everyMs: 1 });
    for (const job of jobs) await simulation.add(job);
    simulation.at(start + 5_000, () =>
      Promise.all(jobs.slice(60).map((job) => simulation.remove(job))),
    );
    const [late] = jobsOf('late', 1, { dueAt: start + 15_000 });
    if (late) await simulation.add({ ...late, tenant: 't' });
    await simulation.runUntil(start + 25_000);

    // Behind them as if each had been polled: no later, though nobody told the gate that they are gone.
    expect(simulation.sightings).toHaveLength(61);
    expect(simulation.sightings.at(-1)?.at).toBeLessThanOrEqual(start + 20_500);
  });

  it('are not taken before a job whose wake-up comes late, nor lost by it', async () => {
    let wakeUp = 0;
    const simulation = await simulations.simulate({
      gate: { concurrency: 16, perSecond: 10, burst: 2 },
      answer: quick,
      wakeLateMs: () => (wakeUp++ % 10 === 0 ? 3_000 : 0),
    });
    for (const job of jobsOf('t', 300, { everyMs: 1 })) await simulation.add(job);
    await simulation.runUntil(start + 60_000);

    expect(simulation.sightings).toHaveLength(300);
    expect(mostWithin(simulation.sightings, 1_000)).toBeLessThanOrEqual(2 + 10);
    // 30 s at the pace; a turn that was missed passes, and its place is used by the next.
    expect(instants(simulation.sightings).at(-1)).toBeLessThan(40_000);
  });
});

describe("Redis's clock", () => {
  it('may be set back by hours in the middle of a backlog: who comes new waits for its turn, not for hours', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 16, perSecond: 10, burst: 5 },
      answer: quick,
    });
    for (const job of jobsOf('t', 100)) await simulation.add(job);
    await simulation.runUntil(start + 2_000);
    simulation.redisAheadMs = -3_600_000;
    const before = simulation.sightings.length;
    await simulation.runUntil(start + 3_000);
    for (const job of jobsOf('new', 20, { dueAt: simulation.now }))
      await simulation.add(job, { notBefore: 0 });
    await simulation.runUntil(start + 60_000);

    const after = simulation.sightings.slice(before);
    expect(after.filter(({ job }) => job.tenant === 'new')).toHaveLength(20);
    expect(mostWithin(after, 1_000)).toBeLessThanOrEqual(5 + 10);
  });
});

describe('the limits', () => {
  it('are those of the provider where it has some, and the house for the rest', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 50, perSecond: 50, burst: 5 },
      answer: () => ({ serviceMs: 1_000 }),
    });
    await simulation.redis.hset(keys.provider(provider), 'limits', '3 - 1');
    for (const job of jobsOf('t', 60)) await simulation.add(job);
    await simulation.runUntil(start + 30_000);

    expect(simulation.sightings).toHaveLength(60);
    expect(mostInFlight(simulation.sightings)).toBe(3);
    expect(Math.min(...gaps(simulation.sightings))).toBe(20);
  });

  it('hold for each provider by itself', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 1, perSecond: 10, burst: 1 },
      answer: ({ job }) => ({ serviceMs: job.provider === provider ? 50_000 : 10 }),
    });
    const other = 'https://other.example';
    for (const job of jobsOf('slow', 100)) await simulation.add(job);
    for (const job of jobsOf('quick', 100)) await simulation.add({ ...job, provider: other });
    await simulation.runUntil(start + 20_000);

    const seen = simulation.sightings.filter(({ job }) => job.provider === other);
    expect(instants(seen).at(-1)).toBeLessThan(15_000);
    expect(simulation.sightings).toHaveLength(101);
  });
});

describe('a place at the gate', () => {
  it('is free again when a claim is given back', async () => {
    let asked = 0;
    const simulation = await simulations.simulate({
      gate: { concurrency: 1, perSecond: 100, burst: 5 },
      answer: () => (asked++ < 5 ? { serviceMs: 20, fate: 'released' } : { serviceMs: 20 }),
    });
    for (const job of jobsOf('t', 5)) await simulation.add(job);
    await simulation.runUntil(start + 2_000);
    expect(simulation.sightings).toHaveLength(5);
  });

  it('is free again when the budget of a request has ended whose worker died, and the line goes on', async () => {
    const simulation = await simulations.simulate({
      gate: { concurrency: 16, perSecond: 50, burst: 16 },
      answer: ({ at }) => (at < start + 300 ? { serviceMs: 20, fate: 'lost' } : { serviceMs: 20 }),
    });
    for (const job of jobsOf('t', 500)) await simulation.add(job);
    await simulation.runUntil(start + requestBudgetMs - 1);
    expect(mostWithin(simulation.sightings, requestBudgetMs)).toBe(16);
    expect(simulation.sightings).toHaveLength(16);

    // What has never been answered looks slow, so nobody comes at once: but soon, and then as fast as ever.
    await simulation.runUntil(start + requestBudgetMs + 45_000);
    expect(simulation.sightings).toHaveLength(16 + 500);
  });
});
