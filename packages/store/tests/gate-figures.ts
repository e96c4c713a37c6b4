import type { Sighting, SimulatedJob } from './gate-simulation.js';

/** The one provider of most simulations, and the instant at which they begin. */
export const provider = 'https://ehr.example';
export const start = 1_700_000_000_000;

/** Jobs of a tenant, due one after the other, `everyMs` apart. */
export const jobsOf = (
  tenant: string,
  count: number,
  { dueAt = start, everyMs = 0 } = {},
): SimulatedJob[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${tenant}-${n}`,
    tenant,
    provider,
    dueAt: dueAt + n * everyMs,
  }));

/** Instants of requests, from the beginning of the simulation. */
export const instants = (sightings: readonly Sighting[]): number[] =>
  sightings.map(({ at }) => at - start);

export const gaps = (sightings: readonly Sighting[]): number[] =>
  sightings.slice(1).map(({ at }, n) => at - (sightings[n]?.at ?? 0));

/** Requests that were in flight at once, at most. */
export function mostInFlight(sightings: readonly Sighting[]): number {
  const changes = sightings
    .flatMap(({ at, endsAt }) => [
      { at, by: 1 },
      { at: endsAt, by: -1 },
    ])
    .toSorted((one, other) => one.at - other.at || one.by - other.by);
  let inFlight = 0;
  return changes.reduce((most, { by }) => {
    inFlight += by;
    return Math.max(most, inFlight);
  }, 0);
}

/** Requests that began within any stretch of so many ms, at most; the sightings are in order. */
export function mostWithin(sightings: readonly Sighting[], ms: number): number {
  let first = 0;
  return sightings.reduce((most, { at }, last) => {
    while ((sightings[first]?.at ?? at) <= at - ms) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

/** By how many jobs, at most, one was overtaken that had been due before them. */
export function mostOvertaking(sightings: readonly Sighting[]): number {
  return Math.max(
    0,
    ...sightings.map(
      ({ job }, n) => sightings.slice(0, n).filter((other) => other.job.dueAt > job.dueAt).length,
    ),
  );
}

/** How long each job waited, in ms. */
export const waits = (sightings: readonly Sighting[]): number[] =>
  sightings.map(({ job, at }) => at - job.dueAt);

export const ofTenant = (sightings: readonly Sighting[], tenant: string): Sighting[] =>
  sightings.filter(({ job }) => job.tenant === tenant);
