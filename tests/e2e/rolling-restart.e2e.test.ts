import { createClient } from '@bulkwatch/client';
import { type ExportScript, oracleExport } from '@bulkwatch/simulator';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Balancer, startBalancer } from './balancer.js';
import { busyCallers, subscribeFromStart, untilCompleted } from './busy-callers.js';
import { tell } from './crowd.js';
import { type Fleet, startFleet } from './fleet.js';

/** Each process of a fleet under load is replaced in its turn, as a deployment does it, and one worker dies besides. */
const jobCount = 200;
const polls = 10;
/** A poll that was lost is late by what is written ahead for one; the fleet's settings make that 17 s. */
const lostMs = 15_000;
/** What a worker has in hand at most, and loses when it is killed. */
const inHandMax = 20;

let fleet: Fleet;
let balancer: Balancer;
let apis: RunningProcess[];
let workers: RunningProcess[];

beforeAll(async () => {
  fleet = await startFleet(
    {
      BULKWATCH_SHUTDOWN_DELAY: '1s',
      BULKWATCH_SHUTDOWN_GRACE: '10s',
    },
    { simulator: { requireToken: false } },
  );
  balancer = await startBalancer();
  apis = [fleet.api, await fleet.startApi()];
  for (const api of apis) balancer.add(api);
  workers = await Promise.all([fleet.startWorker(), fleet.startWorker(), fleet.startWorker()]);
  await balancer.untilReady(2);
});
afterAll(async () => {
  await balancer.close();
  await fleet.stop();
});

const running = (times: number): ExportScript => oracleExport({ polls: times });
const newJob = (script: ExportScript) => ({
  statusUrl: fleet.simulator.createExport(script).statusUrl,
});

/** As a deployment does it: the old one is told to stop, and a new one is waited for. */
async function replaceApi(index: number): Promise<void> {
  const old = apis[index];
  if (!old) throw new Error(`there is no api ${index}`);
  expect(await old.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  balancer.remove(old);
  const api = await fleet.startApi();
  apis[index] = api;
  balancer.add(api);
  await balancer.untilReady(2);
}

async function replaceWorker(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const exit = await workers[index]?.stop(signal);
  if (signal === 'SIGTERM') expect(exit).toEqual({ code: 0, signal: null });
  workers[index] = await fleet.startWorker();
}

it('every process is replaced under load: no request fails, no poll is lost or early, no event comes twice', async () => {
  const client = createClient({ baseUrl: balancer.url });
  const lines = Array.from({ length: jobCount }, () => newJob(running(polls)));
  const ids: string[] = [];
  for await (const result of client.registerBatch(lines))
    if ('job' in result) ids.push(result.job.id);
  expect(ids).toHaveLength(jobCount);
  const subscriber = subscribeFromStart(balancer.url);
  const { record, registered, stop } = busyCallers(balancer.url, ids, () => newJob(running(2)));

  await replaceWorker(2, 'SIGKILL');
  for (const index of [0, 1]) {
    await replaceApi(index);
    await replaceWorker(index, 'SIGTERM');
  }
  await replaceWorker(2, 'SIGTERM');
  await stop();
  expect(record.failures).toEqual([]);

  const all = [...ids, ...registered];
  await untilCompleted(client, all.length, 40_000);
  const events = await fleet.events();
  await eventually(() => expect(subscriber.seen).toEqual(events.map(({ id }) => id)));
  await subscriber.stop();
  const late = fleet.simulator.record.requests
    .flatMap(({ receivedAtMs, notBeforeMs }) =>
      notBeforeMs === null ? [] : [receivedAtMs - notBeforeMs],
    )
    .toSorted((one, other) => one - other);
  tell(
    `${record.answered} requests, ${record.retries} retries; ${all.length} jobs, ${late.length} polls after a wait, ` +
      `p99 ${late[Math.floor(late.length * 0.99)]?.toFixed()} ms late, ${late.at(-1)?.toFixed()} ms at most`,
  );
  expect(late.filter((ms) => ms > lostMs).length).toBeLessThanOrEqual(inHandMax);
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  const told = events.map(({ type, subject }) => `${subject} ${type.split('.').at(-1)}`);
  expect(told.toSorted()).toEqual(
    all
      .flatMap((id) => ['registered', 'progressed', 'completed'].map((word) => `${id} ${word}`))
      .toSorted(),
  );
});
