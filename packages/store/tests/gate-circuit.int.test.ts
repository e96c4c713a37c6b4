import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import {
  gaps,
  instants,
  jobsOf,
  mostInFlight,
  mostWithin,
  provider,
  start,
} from './gate-figures.js';
import { type Answer, openSimulations, requestBudgetMs } from './gate-simulation.js';

let simulations: Awaited<ReturnType<typeof openSimulations>>;
beforeAll(async () => {
  simulations = await openSimulations();
});
afterAll(() => simulations.close());

const gate = { concurrency: 8, perSecond: 50, burst: 8 };
const circuit = { failures: 5, probeFirstMs: 10_000, probeLongestMs: 60_000 };
const down: Answer = { serviceMs: 100, verdict: 'down', nextPollMs: 300_000 };
const up: Answer = { serviceMs: 100 };

describe('a provider that is out', () => {
  it('gets one probe per interval, which doubles up to the longest, however many jobs wait', async () => {
    const simulation = await simulations.simulate({ gate, circuit, answer: () => down });
    for (const job of jobsOf('t', 1_000, { everyMs: 1 })) await simulation.add(job);
    await simulation.runUntil(start + 220_000);

    const [opened] = simulation.circuit;
    expect(simulation.circuit).toHaveLength(1);
    // Those in flight when it opened, and no more.
    const before = simulation.sightings.filter(({ at }) => at <= (opened?.at ?? 0));
    expect(before.length).toBeLessThanOrEqual(circuit.failures + gate.concurrency);
    const probes = simulation.sightings.slice(before.length);
    expect(mostInFlight(probes)).toBe(1);
    const intervals = [10_000, 20_000, 40_000, 60_000, 60_000];
    expect(probes).toHaveLength(intervals.length);
    for (const [n, gap] of gaps([
      before.at(-1) ?? probes[0],
      ...probes,
    ] as typeof probes).entries()) {
      expect(gap).toBeGreaterThanOrEqual(intervals[n] ?? 0);
      expect(gap).toBeLessThan((intervals[n] ?? 0) + 2_500);
    }
    // About one look of each job per interval.
    expect(simulation.claims).toBeLessThan(1_000 * (intervals.length + 3));
  });

  it('comes back with one request at a time, then one more for each answer, at the pace', async () => {
    const comesBackAt = start + 5_000;
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: ({ at }) => (at < comesBackAt ? down : { serviceMs: 1_000 }),
    });
    for (const job of jobsOf('t', 100)) await simulation.add(job);
    await simulation.runUntil(start + 60_000);

    expect(simulation.circuit.map(({ change }) => change)).toEqual(['opened', 'closed']);
    const closedAt = simulation.circuit[1]?.at ?? 0;
    const after = simulation.sightings.filter(({ at }) => at >= closedAt);
    const inFlightBy = (ms: number) => mostInFlight(after.filter(({ at }) => at < closedAt + ms));
    expect(inFlightBy(1_000)).toBe(1);
    expect(inFlightBy(2_000)).toBeLessThanOrEqual(2);
    expect(inFlightBy(3_000)).toBeLessThanOrEqual(4);
    expect(mostInFlight(after)).toBe(gate.concurrency);
    expect(mostWithin(after, 1_000)).toBeLessThanOrEqual(gate.burst + gate.perSecond);
    expect(await simulation.redis.hget(keys.provider(provider), 'window')).toBeNull();
    expect(new Set(after.map(({ job }) => job.id)).size).toBeGreaterThanOrEqual(100 - 13);
  });

  it('is probed again when the worker with the probe died', async () => {
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: ({ at }) => {
        if (at < start + 5_000) return down;
        return at < start + 15_000 ? { serviceMs: 100, fate: 'lost' } : up;
      },
    });
    for (const job of jobsOf('t', 50)) await simulation.add(job);
    await simulation.runUntil(start + 120_000);

    const [lost, next] = simulation.sightings.filter(({ at }) => at >= start + 10_000);
    expect((next?.at ?? 0) - (lost?.at ?? 0)).toBeGreaterThanOrEqual(requestBudgetMs);
    expect((next?.at ?? 0) - (lost?.at ?? 0)).toBeLessThan(requestBudgetMs + 5_000);
    expect(simulation.circuit.map(({ change }) => change)).toEqual(['opened', 'closed']);
  });

  it('is probed again soon when a probe said nothing of it, or its claim was given back', async () => {
    const fates: Answer[] = [
      { serviceMs: 50, verdict: 'unknown', nextPollMs: 600_000 },
      { serviceMs: 50, fate: 'released' },
    ];
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: ({ at }) => (at < start + 5_000 ? down : (fates.shift() ?? up)),
    });
    for (const job of jobsOf('t', 50)) await simulation.add(job);
    await simulation.runUntil(start + 30_000);

    expect(simulation.circuit.map(({ change }) => change)).toEqual(['opened', 'closed']);
    expect((simulation.circuit[1]?.at ?? 0) - start).toBeLessThan(15_000);
  });

  it('closes by any answer, also that of a request from before it opened', async () => {
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: ({ job }) => (job.id === 't-0' ? { serviceMs: 3_000 } : down),
    });
    for (const job of jobsOf('t', 20)) await simulation.add(job);
    await simulation.runUntil(start + 4_000);
    expect(simulation.circuit.map(({ change }) => change).slice(0, 2)).toEqual([
      'opened',
      'closed',
    ]);
    expect((simulation.circuit[1]?.at ?? 0) - start).toBe(3_000);
  });
});

describe('the circuit stays closed', () => {
  it('where one job fails again and again and no other does', async () => {
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: () => ({ ...down, nextPollMs: 500 }),
    });
    for (const job of jobsOf('t', 1)) await simulation.add(job);
    await simulation.runUntil(start + 30_000);
    expect(simulation.sightings.length).toBeGreaterThan(10 * circuit.failures);
    expect(simulation.circuit).toEqual([]);
  });

  it('where answers come between the failures', async () => {
    let asked = 0;
    const simulation = await simulations.simulate({
      gate,
      circuit,
      answer: () => (asked++ % circuit.failures === 0 ? up : down),
    });
    for (const job of jobsOf('t', 100, { everyMs: 200 })) await simulation.add(job);
    await simulation.runUntil(start + 30_000);
    expect(simulation.sightings).toHaveLength(100);
    expect(simulation.circuit).toEqual([]);
  });
});

describe('a provider that asks for a pause', () => {
  it('gets no request before its end, and then the backlog in order at the pace', async () => {
    const pauseMs = 60_000;
    let asked = 0;
    const simulation = await simulations.simulate({
      gate: { concurrency: 8, perSecond: 20, burst: 4 },
      answer: () => (asked++ === 0 ? { ...up, pauseMs } : up),
    });
    for (const job of jobsOf('t', 300, { everyMs: 10 })) await simulation.add(job);
    await simulation.runUntil(start + 90_000);

    const seen = instants(simulation.sightings);
    const pausedAt = 100;
    expect(seen.filter((at) => at > pausedAt && at < pausedAt + pauseMs)).toEqual([]);
    const after = simulation.sightings.filter(({ at }) => at > start + pausedAt);
    expect(after[0]?.at).toBe(start + pausedAt + pauseMs);
    expect(after.map(({ job }) => job.dueAt)).toEqual(
      after.map(({ job }) => job.dueAt).toSorted((one, other) => one - other),
    );
    expect(mostWithin(after, 1_000)).toBeLessThanOrEqual(4 + 20);
    expect(gaps(after.slice(4)).filter((gap) => gap > 60)).toEqual([]);
    expect(simulation.sightings).toHaveLength(300);
    // Those that came due meanwhile were told when to come, once; and nobody waited in vain.
    expect(simulation.claims).toBeLessThanOrEqual(3.2 * 300);
  });
});
