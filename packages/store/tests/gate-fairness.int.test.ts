import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobsOf, mostWithin, ofTenant, start, waits } from './gate-figures.js';
import { type GateSimulation, openSimulations } from './gate-simulation.js';

let simulations: Awaited<ReturnType<typeof openSimulations>>;
beforeAll(async () => {
  simulations = await openSimulations();
});
afterAll(() => simulations.close());

/** Ten polls per second, of answers that are here at once: 100 ms each, so to speak. */
const simulate = () =>
  simulations.simulate({
    gate: { concurrency: 16, perSecond: 10, burst: 5 },
    answer: () => ({ serviceMs: 100 }),
  });

const between = ({ sightings }: GateSimulation, tenant: string, from: number, to: number) =>
  ofTenant(sightings, tenant).filter(({ at }) => at >= start + from && at < start + to).length;

it('a tenant with few jobs waits as if there were two of its size, not behind a thousand of another', async () => {
  const simulation = await simulate();
  for (const job of jobsOf('big', 1_000)) await simulation.add(job);
  for (const job of jobsOf('small', 50)) await simulation.add(job);
  await simulation.runUntil(start + 106_000);

  const { sightings } = simulation;
  expect(sightings).toHaveLength(1_050);
  // 50 of each by turns take 10 s.
  expect(Math.max(...waits(ofTenant(sightings, 'small')))).toBeLessThanOrEqual(10_200);
  expect(between(simulation, 'small', 1_000, 9_000)).toBeGreaterThanOrEqual(38);
  expect(mostWithin(sightings, 1_000)).toBeLessThanOrEqual(15);
});

it('a tenant that comes late gets its share from then on, and no more', async () => {
  const simulation = await simulate();
  for (const job of jobsOf('big', 400)) await simulation.add(job);
  for (const job of jobsOf('late', 60, { dueAt: start + 20_000 })) await simulation.add(job);
  await simulation.runUntil(start + 47_000);

  expect(simulation.sightings).toHaveLength(460);
  const late = ofTenant(simulation.sightings, 'late');
  expect(Math.max(...waits(late))).toBeLessThanOrEqual(12_500);
  expect(between(simulation, 'big', 20_000, 32_000)).toBeGreaterThanOrEqual(57);
});

it('three tenants get a third each while each has jobs, then what is left is shared by the others', async () => {
  const simulation = await simulate();
  for (const job of jobsOf('a', 300)) await simulation.add(job);
  for (const job of jobsOf('b', 150)) await simulation.add(job);
  for (const job of jobsOf('c', 50)) await simulation.add(job);
  await simulation.runUntil(start + 51_000);

  expect(simulation.sightings).toHaveLength(500);
  for (const tenant of ['a', 'b', 'c'])
    expect(Math.abs(between(simulation, tenant, 2_000, 14_000) - 40)).toBeLessThanOrEqual(3);
  for (const tenant of ['a', 'b'])
    expect(Math.abs(between(simulation, tenant, 16_000, 34_000) - 90)).toBeLessThanOrEqual(5);
});

it('a tenant with a poll now and then waits for a turn of each other one, not for their backlogs', async () => {
  const simulation = await simulate();
  for (const tenant of ['a', 'b', 'c'])
    for (const job of jobsOf(tenant, 150)) await simulation.add(job);
  for (const job of jobsOf('rare', 20, { dueAt: start + 5_000, everyMs: 1_500 }))
    await simulation.add(job);
  await simulation.runUntil(start + 48_000);

  const rare = ofTenant(simulation.sightings, 'rare');
  expect(rare).toHaveLength(20);
  expect(Math.max(...waits(rare))).toBeLessThanOrEqual(1_000);
});

it('holds for slow answers too', async () => {
  const simulation = await simulations.simulate({
    gate: { concurrency: 4, perSecond: 50, burst: 5 },
    answer: () => ({ serviceMs: 2_000 }),
  });
  for (const job of jobsOf('big', 300)) await simulation.add(job);
  for (const job of jobsOf('small', 20, { dueAt: start + 20_000 })) await simulation.add(job);
  await simulation.runUntil(start + 60_000);

  // Two polls per second, of which it gets one.
  const small = ofTenant(simulation.sightings, 'small');
  expect(small).toHaveLength(20);
  expect(Math.max(...waits(small))).toBeLessThanOrEqual(26_000);
  expect(between(simulation, 'big', 20_000, 40_000)).toBeGreaterThanOrEqual(15);
});
