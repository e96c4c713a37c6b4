import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import { gaps, instants, jobsOf, mostInFlight, provider, start } from './gate-figures.js';
import { type GateSimulation, openSimulations } from './gate-simulation.js';

let simulations: Awaited<ReturnType<typeof openSimulations>>;
beforeAll(async () => {
  simulations = await openSimulations();
});
afterAll(() => simulations.close());

const gate = { concurrency: 8, perSecond: 10, burst: 1 };
const simulate = (answer = () => ({ serviceMs: 50 })) => simulations.simulate({ gate, answer });
const record = keys.provider(provider);

const addAll = async (
  simulation: GateSimulation,
  jobs: ReturnType<typeof jobsOf>,
  fields: Parameters<GateSimulation['add']>[1] = {},
) => {
  for (const job of jobs) await simulation.add(job, fields);
};

describe('a pause by an operator', () => {
  it.each([
    ['of a provider', record, 'provider-paused'],
    ['of everything', keys.house, 'all-paused'],
  ])('%s holds its jobs, and lets them go on at the pace', async (_what, key, heldBy) => {
    const simulation = await simulate();
    await simulation.redis.hset(key, 'operatorPausedAt', start);
    await addAll(simulation, jobsOf('t', 20));
    await simulation.runUntil(start + 60_000);
    expect(simulation.sightings).toEqual([]);
    expect([...simulation.holds.keys()]).toEqual([heldBy]);
    expect(await simulation.redis.hget(keys.job('t-0'), 'heldBy')).toBe(heldBy);

    await simulation.redis.hdel(key, 'operatorPausedAt');
    await simulation.runUntil(start + 90_000);
    expect(simulation.sightings).toHaveLength(20);
    expect(Math.min(...gaps(simulation.sightings))).toBeGreaterThanOrEqual(100);
    expect(await simulation.redis.hget(keys.job('t-0'), 'heldBy')).toBeNull();
  });

  it('of a provider leaves others alone', async () => {
    const simulation = await simulate();
    await simulation.redis.hset(record, 'operatorPausedAt', start);
    await addAll(simulation, jobsOf('t', 5));
    const others = jobsOf('o', 5).map((job) => ({ ...job, provider: 'https://other.example' }));
    await addAll(simulation, others);
    await simulation.runUntil(start + 5_000);
    expect(simulation.sightings.map(({ job }) => job.id)).toEqual(others.map(({ id }) => id));
  });

  it('of a job holds it to its deadline without a look, and takes no turn from others', async () => {
    const simulation = await simulate();
    await addAll(simulation, jobsOf('t', 1), { pausedAt: start, deadlineAt: start + 3_600_000 });
    await addAll(simulation, jobsOf('o', 5));
    await simulation.runUntil(start + 3_599_999);
    expect(simulation.sightings).toHaveLength(5);
    expect(simulation.claims).toBeLessThanOrEqual(11);
    expect(simulation.abandoned).toEqual([]);
  });
});

describe('a deadline', () => {
  it.each([
    ['an operator', () => ({ operatorPausedAt: start })],
    ['the wait the provider asked for', () => ({ pausedUntil: start + 9_000_000 })],
    ['the open circuit', () => ({ openUntil: start + 9_000_000, openCount: 9 })],
  ])('ends a job that is held by %s without a request', async (_what, hold) => {
    const simulation = await simulate();
    await simulation.redis.hset(record, hold());
    await addAll(simulation, jobsOf('t', 1), { deadlineAt: start + 50_000 });
    await simulation.runUntil(start + 100_000);
    expect(simulation.sightings).toEqual([]);
    expect(simulation.abandoned).toMatchObject([{ at: start + 50_000 }]);
  });

  it('waits for the turn of a job in a line: the last poll may bring the manifest', async () => {
    const simulation = await simulate();
    await addAll(simulation, jobsOf('t', 50), { deadlineAt: start + 1_000 });
    await simulation.runUntil(start + 10_000);
    expect(simulation.sightings).toHaveLength(50);
    expect(simulation.abandoned).toEqual([]);
  });
});

describe('a forced poll', () => {
  it('passes the wait the provider asked for, once, and so need not stand behind those that wait for its end', async () => {
    const simulation = await simulate();
    await simulation.redis.hset(record, 'pausedUntil', start + 600_000);
    await addAll(simulation, jobsOf('t', 20));
    const forced = jobsOf('forced', 1, { dueAt: start + 1_000 }).map((job) => ({
      ...job,
      tenant: 't',
    }));
    await addAll(simulation, forced, { forced: '1' });
    await simulation.runUntil(start + 10_000);
    expect(simulation.sightings).toMatchObject([{ job: { id: 'forced-0' }, at: start + 1_000 }]);
    expect(await simulation.redis.hget(keys.job('forced-0'), 'forced')).toBeNull();
  });

  it('passes the open circuit, one at a time like any probe', async () => {
    const simulation = await simulate(() => ({ serviceMs: 1_000, verdict: 'down' as const }));
    await simulation.redis.hset(record, { openUntil: start + 600_000, openCount: 9 });
    await addAll(simulation, jobsOf('forced', 2), { forced: '1' });
    await simulation.runUntil(start + 10_000);
    expect(simulation.sightings).toHaveLength(2);
    expect(mostInFlight(simulation.sightings)).toBe(1);
  });

  it('passes neither the pace, nor the places, nor a pause by an operator', async () => {
    const simulation = await simulate(() => ({ serviceMs: 2_000 }));
    await addAll(simulation, jobsOf('forced', 20), { forced: '1' });
    await simulation.runUntil(start + 3_600_000);
    expect(simulation.sightings).toHaveLength(20);
    expect(Math.min(...gaps(simulation.sightings))).toBeGreaterThanOrEqual(100);
    expect(mostInFlight(simulation.sightings)).toBeLessThanOrEqual(gate.concurrency);

    await simulation.redis.hset(record, 'operatorPausedAt', start);
    await addAll(simulation, jobsOf('paused', 1, { dueAt: simulation.now }), { forced: '1' });
    await simulation.runUntil(simulation.now + 60_000);
    expect(simulation.sightings).toHaveLength(20);
  });
});

describe('a delete request', () => {
  it("goes before the line and passes the provider's wait and a pause of its job, but not the pace", async () => {
    const simulation = await simulate();
    await simulation.redis.hset(record, 'pausedUntil', start + 600_000);
    await addAll(simulation, jobsOf('t', 20));
    const deletes = jobsOf('gone', 5, { dueAt: start + 1_000 });
    await addAll(simulation, deletes, { intent: 'delete', pausedAt: start });
    await simulation.runUntil(start + 10_000);

    const { sightings } = simulation;
    expect(sightings.map(({ action }) => action)).toEqual(deletes.map(() => 'delete'));
    expect(instants(sightings)).toEqual([1_000, 1_100, 1_200, 1_300, 1_400]);
  });

  it('waits like any other while the provider is out', async () => {
    const simulation = await simulate();
    await simulation.redis.hset(record, { openUntil: start + 30_000, openCount: 1 });
    await addAll(simulation, jobsOf('gone', 1), { intent: 'delete' });
    await simulation.runUntil(start + 40_000);
    expect(instants(simulation.sightings)).toEqual([30_000]);
  });
});
