import type { ExportEvent, Job, PollList } from '@bulkwatch/contract';
import {
  type Scenario,
  type ScenarioName,
  type Simulator,
  scenarioNames,
  scenarios,
} from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

/** What takes minutes by nature is played in virtual time by services/worker/tests/scenarios.int.test.ts. */
const names = scenarioNames.filter((name) => !scenarios[name].slow);

/** An export of a provider that has no other: a 429 or a 503 concerns all the jobs of its provider. */
interface Play {
  readonly scenario: Scenario;
  readonly simulator: Simulator;
  readonly exportId: string;
  readonly jobId: string;
}

let fleet: Fleet;
let plays: ReadonlyMap<ScenarioName, Play>;
let events: readonly ExportEvent[];

beforeAll(async () => {
  fleet = await startFleet(
    { BULKWATCH_WORKER_CONCURRENCY: '300' },
    { moreProviders: names.length },
  );
  await fleet.startWorker();
  plays = new Map(await Promise.all(names.map(begin)));
  await Promise.all([...plays].map(([name, play]) => reachesItsEnd(name, play)));
  events = await fleet.events();
});
afterAll(() => fleet?.stop());

async function begin(name: ScenarioName, number: number): Promise<[ScenarioName, Play]> {
  const scenario = scenarios[name];
  const simulator = fleet.moreProviders[number];
  if (!simulator) throw new Error(`there is no provider ${number}`);
  const { id: exportId, statusUrl } = simulator.play(name, { retryAfterSeconds: 1 });
  const credential = `provider-${number}`;
  const { id: jobId } = await fleet.register({ statusUrl, credential, preset: scenario.plays });
  return [name, { scenario, simulator, exportId, jobId }];
}

/** Rejects with the name of the scenario that does not come to its end. */
async function reachesItsEnd(name: string, { scenario, jobId }: Play): Promise<void> {
  const { ends, cancelMidway } = scenario;
  if (cancelMidway) await cancelOnceInProgress(name, jobId);
  const arrived = async () => {
    const job = await fleet.job(jobId);
    if (ends.state !== 'open') expect(job, name).toMatchObject({ state: ends.state });
    else if (ends.reason === undefined) expect(job.pollCount, name).toBeGreaterThan(0);
    else expect(await reasonsMet(jobId), name).toContain(ends.reason);
  };
  await eventually(arrived, { timeoutMs: 180_000, everyMs: 500 });
}

async function cancelOnceInProgress(name: string, jobId: string): Promise<void> {
  const begun = async () =>
    expect(await fleet.job(jobId), name).toMatchObject({ state: 'in-progress' });
  await eventually(begun, { timeoutMs: 60_000, everyMs: 200 });
  await fetch(`${fleet.apiUrl}/v1/jobs/${jobId}?provider=true`, { method: 'DELETE' });
}

/** Of the polls that failed, the first one first. */
async function reasonsMet(jobId: string): Promise<readonly string[]> {
  const { polls } = await getJson<PollList>(`/v1/jobs/${jobId}/polls`);
  return polls.toReversed().flatMap(({ reason }) => reason ?? []);
}

async function getJson<T>(path: string): Promise<T> {
  return (await fetch(`${fleet.apiUrl}${path}`)).json() as Promise<T>;
}

describe.each(names)('%s', (name) => {
  const { ends, meets = [] } = scenarios[name];
  let play: Play;
  let job: Job;
  beforeAll(async () => {
    play = plays.get(name) as Play;
    job = await fleet.job(play.jobId);
  });

  it(`is ${ends.state}${ends.reason === undefined ? '' : `: ${ends.reason}`}`, async () => {
    const { state, reason = null, outputCount, errorCount, expiryAssumed } = ends;
    expect((await reasonsMet(job.id)).slice(0, meets.length)).toEqual(meets);
    if (state === 'open') {
      expect(job).toMatchObject({ settledAt: null, manifest: null });
      return;
    }
    expect(job).toMatchObject({ state, reason, settledAt: expect.any(String) });
    if (outputCount !== undefined) expect(job.manifest).toMatchObject({ outputCount });
    if (errorCount !== undefined) expect(job.manifest).toMatchObject({ errorCount });
    if (expiryAssumed !== undefined) expect(job).toMatchObject({ expiryAssumed });
  });

  it('is told of by one event for each change, the manifest in the last one', async () => {
    // The files of some expire within the day: what is told of that comes after the end.
    const own = events.filter(
      ({ subject, type }) => subject === job.id && !/\.expir(ing|ed)$/.test(type),
    );
    const words = own.map(({ type }) => type.split('.').at(-1));
    const settled = ends.state === 'open' ? [] : [ends.state];

    expect(words[0]).toBe('registered');
    expect(words.filter((word) => word === 'partial')).toHaveLength(ends.partials ?? 0);
    expect(words.filter((word) => !passing.includes(word ?? ''))).toEqual(settled);
    expect(words.at(-1)).toBe(settled[0] ?? words.at(-1));
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
    if (ends.state !== 'completed') return;
    const manifest = await getJson(`/v1/jobs/${job.id}/manifest`);
    const { data, dataref } = own.at(-1) ?? {};
    expect(dataref === undefined ? data?.manifest : manifest).toEqual(manifest);
  });

  it('was polled no sooner than asked, and no other origin got a token', () => {
    const { record } = play.simulator;

    expect(record.earlyPolls()).toEqual([]);
    expect(record.requests.filter((one) => one.isOtherOrigin && one.hasAuthorization)).toEqual([]);
  });
});

const passing = ['registered', 'progressed', 'partial'];
