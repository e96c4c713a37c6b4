import { createClient } from '@bulkwatch/client';
import { type ExportScript, oracleExport } from '@bulkwatch/simulator';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Balancer, startBalancer } from './balancer.js';
import { busyCallers, subscribeFromStart, untilCompleted } from './busy-callers.js';
import { tell } from './crowd.js';
import { type EarlierBuild, earlierBuild, earlierCommit } from './earlier-build.js';
import { type Fleet, startFleet } from './fleet.js';

/** An upgrade under load that is taken back in the middle and done again, with processes of both builds at work all the while. */
const jobCount = 100;
const polls = 25;

let earlier: EarlierBuild;
let fleet: Fleet;
let balancer: Balancer;
let apis: RunningProcess[];
let workers: RunningProcess[];

beforeAll(async () => {
  earlier = await earlierBuild(earlierCommit);
  fleet = await startFleet(
    { BULKWATCH_SHUTDOWN_DELAY: '1s', BULKWATCH_SHUTDOWN_GRACE: '10s' },
    { simulator: { requireToken: false }, ...of('old') },
  );
  balancer = await startBalancer();
  apis = [fleet.api, await fleet.startApi(of('old'))];
  for (const api of apis) balancer.add(api);
  workers = await Promise.all([fleet.startWorker(of('old')), fleet.startWorker(of('old'))]);
  await balancer.untilReady(2);
});
afterAll(async () => {
  await balancer?.close();
  await fleet?.stop();
  await earlier?.remove();
});

type Age = 'old' | 'new';
const of = (age: Age): { build?: string } =>
  age === 'old' && earlier.folder !== undefined ? { build: earlier.folder } : {};

const running = (times: number): ExportScript =>
  oracleExport({ polls: times, retryAfterSeconds: 1 });
const newJob = (script: ExportScript) => ({
  statusUrl: fleet.simulator.createExport(script).statusUrl,
});

/** As a deployment does it: the one is told to stop, and the other is waited for. */
async function replaceApi(index: number, age: Age): Promise<void> {
  const gone = apis[index];
  expect(await gone?.stop('SIGTERM', 20_000)).toEqual({ code: 0, signal: null });
  if (gone) balancer.remove(gone);
  const api = await fleet.startApi(of(age));
  apis[index] = api;
  balancer.add(api);
  await balancer.untilReady(2);
}

async function replaceWorker(index: number, age: Age): Promise<void> {
  expect(await workers[index]?.stop('SIGTERM', 20_000)).toEqual({ code: 0, signal: null });
  workers[index] = await fleet.startWorker(of(age));
}

it('an upgrade under load can be taken back and done again: no request fails, no poll is lost or early, no event comes twice', async () => {
  if (earlier.folder === undefined)
    tell(`${earlierCommit} is not in this checkout: this build is replaced by itself`);
  const client = createClient({ baseUrl: balancer.url });
  const ids: string[] = [];
  for await (const result of client.registerBatch(
    Array.from({ length: jobCount }, () => newJob(running(polls))),
  ))
    if ('job' in result) ids.push(result.job.id);
  expect(ids).toHaveLength(jobCount);
  const subscriber = subscribeFromStart(balancer.url);
  const { record, registered, stop } = busyCallers(balancer.url, ids, () => newJob(running(3)));

  // Forth, and half back, and forth again.
  await replaceWorker(0, 'new');
  await replaceApi(0, 'new');
  await replaceWorker(1, 'new');
  await replaceWorker(0, 'old');
  await replaceApi(0, 'old');
  await replaceApi(1, 'new');
  await replaceWorker(0, 'new');
  await replaceApi(0, 'new');
  await stop();
  expect(record.failures).toEqual([]);

  const all = [...ids, ...registered];
  await untilCompleted(client, all.length, 60_000);
  const events = await fleet.events();
  await eventually(() => expect(subscriber.seen).toEqual(events.map(({ id }) => id)));
  await subscriber.stop();
  const { requests } = fleet.simulator.record;
  tell(
    `${record.answered} requests, ${record.retries} retries; ${all.length} jobs, ${requests.length} polls`,
  );
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  const told = events.map(({ type, subject }) => `${subject} ${type.split('.').at(-1)}`);
  expect(told.toSorted()).toEqual(
    all
      .flatMap((id) => ['registered', 'progressed', 'completed'].map((word) => `${id} ${word}`))
      .toSorted(),
  );
});
