import { setTimeout as pause } from 'node:timers/promises';
import type { ExportScript } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { injectInto, type ProxiedWorker, type SmallHouse, startSmallHouse } from './small-house.js';

const script: ExportScript = {
  steps: [{ answer: 'in-progress', retryAfterSeconds: 1, times: 3 }, { answer: 'complete' }],
};

let house: SmallHouse;
let worker: ProxiedWorker;
beforeAll(async () => {
  house = await startSmallHouse();
  worker = await house.startWorker();
}, 60_000);
afterAll(() => house?.stop());

const textAt = async (path: string): Promise<string> =>
  (await fetch(`${worker.opsUrl}${path}`)).text();

async function claims(result: string): Promise<number> {
  const [, count] =
    new RegExp(`bulkwatch_claims_total\\{result="${result}"\\} (\\d+)`).exec(
      await textAt('/metrics'),
    ) ?? [];
  return Number(count);
}

/** What every job that was in trouble comes to. */
async function endsWell(jobId: string): Promise<void> {
  await house.untilCompleted([jobId]);
  expect(await house.eventsOf(jobId)).toEqual(['registered', 'progressed', 'completed']);
  expect(house.simulator.record.earlyPolls()).toEqual([]);
}

// The first, while there is no connection to the provider yet.
it('a worker without a free file descriptor polls nothing early or twice, and recovers', async () => {
  const heal = await injectInto(house, 'worker-out-of-files', worker);
  const { jobId, exportId } = await house.register(script);
  await eventually(async () => expect((await house.job(jobId)).health).toBe('unreachable'), {
    timeoutMs: 20_000,
  });
  expect(house.simulator.record.requestsOf(exportId)).toEqual([]);
  await heal();
  await endsWell(jobId);
}, 90_000);

it('a worker that stood still between its claim and its request sends nothing, and gives the claim back', async () => {
  const { jobId, exportId } = await house.register(script, { retryAfter: 1 });
  const abandoned = await claims('abandoned');
  const heal = await injectInto(house, 'worker-frozen-after-claim', worker, { jobId });
  // Longer than the send budget.
  await pause(800);
  await heal();

  await eventually(async () => expect(await claims('abandoned')).toBe(abandoned + 1));
  expect(house.simulator.record.requestsOf(exportId)).toEqual([]);
  await endsWell(jobId);
}, 60_000);

it('a worker whose loop is blocked does nothing meanwhile, and goes on', async () => {
  const { jobId } = await house.register(script);
  const heal = await injectInto(house, 'worker-loop-blocked', worker, { dice: () => 0.5 });
  const isAlive = (): Promise<boolean> =>
    fetch(`${worker.opsUrl}/livez`, { signal: AbortSignal.timeout(1_500) }).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(async () => expect(await isAlive()).toBe(false), { timeoutMs: 20_000 });
  await pause(4_000);
  await heal();

  await eventually(async () => expect(await isAlive()).toBe(true), { timeoutMs: 20_000 });
  await endsWell(jobId);
}, 90_000);

it('a worker without memory dies, and another goes on with what it had', async () => {
  const { jobId } = await house.register(script);
  await injectInto(house, 'worker-out-of-memory', worker);
  // It dies once it needs some, which it does sooner when it has something to do.
  const using = setInterval(() => void textAt('/metrics').catch(() => undefined), 50);
  const { code } = await worker.process.exited;
  clearInterval(using);
  expect(code).not.toBe(0);

  worker = await house.startWorker();
  await endsWell(jobId);
}, 90_000);
