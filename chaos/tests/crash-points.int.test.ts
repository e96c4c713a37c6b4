import type { ExportScript } from '@bulkwatch/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CrashPoint, crashPoints } from '../src/faults/crash-points.js';
import { injectInto, type SmallHouse, startSmallHouse } from './small-house.js';

const script: ExportScript = {
  steps: [
    { answer: 'in-progress', retryAfterSeconds: 1, delayMs: 300, times: 4 },
    { answer: 'complete' },
  ],
};

/** What is known of the first poll when its worker has died: whether the provider was asked, and what was recorded. */
const evidence: Readonly<Record<CrashPoint, { asked: boolean; pollCount: number }>> = {
  'after-claim': { asked: false, pollCount: 0 },
  'mid-request': { asked: true, pollCount: 0 },
  'after-answer': { asked: true, pollCount: 0 },
  'after-apply': { asked: true, pollCount: 1 },
  'before-wake-up': { asked: true, pollCount: 1 },
};

let house: SmallHouse;
beforeAll(async () => {
  house = await startSmallHouse();
}, 60_000);
afterAll(() => house?.stop());

/** Has a worker die at that instant of the first poll of a new job. */
async function dieAt(point: CrashPoint) {
  const worker = await house.startWorker();
  // First polled in two seconds.
  const { jobId, exportId } = await house.register(script, { retryAfter: 2 });
  const { record } = house.simulator;
  const asking = () => record.requestsOf(exportId).filter(({ closedAtMs }) => closedAtMs === null);
  const died = injectInto(house, `worker-killed-${point}`, worker, {
    jobId,
    provider: { origins: [house.simulator.origin], inFlight: () => asking().length },
  });
  await died;
  const { pollCount, state } = await house.job(jobId);
  expect({ point, asked: record.requestsOf(exportId).length > 0, pollCount, state }).toEqual({
    point,
    ...evidence[point],
    state: pollCount === 0 ? 'registered' : 'in-progress',
  });
  return jobId;
}

it('a worker that is killed at any instant of a poll costs its job some time, and nothing else', async () => {
  const ids: string[] = [];
  for (const point of crashPoints) ids.push(await dieAt(point));

  await house.startWorker();
  await house.untilCompleted(ids);
  for (const id of ids)
    expect(await house.eventsOf(id)).toEqual(['registered', 'progressed', 'completed']);
  expect(house.simulator.record.earlyPolls()).toEqual([]);
}, 120_000);
