import type { ExportEvent, Job } from '@bulkwatch/contract';
import type { ExportScript } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ BULKWATCH_RETRY_AFTER_FLOOR: '100ms' });
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);
});
afterAll(() => fleet.stop());

const inProgress = (retryAfterSeconds: number, times: number): ExportScript['steps'][number] => ({
  answer: 'in-progress',
  retryAfterSeconds,
  progress: 'at work',
  times,
});

async function track(steps: ExportScript['steps'], pages: ExportScript['pages'] = {}) {
  const { id: exportId, statusUrl } = fleet.simulator.createExport({ steps, pages });
  const { id } = await fleet.register({ statusUrl, credential: 'oracle' });
  const polls = (): number =>
    fleet.simulator.record.requests.filter((request) => request.exportId === exportId).length;
  return { id, polls };
}

async function act(id: string, action: string, body: object = {}): Promise<Response> {
  return fetch(`${fleet.apiUrl}/v1/jobs/${id}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const until = (id: string, members: Partial<Job>): Promise<Job> =>
  eventually(async () => {
    const job = await fleet.job(id);
    expect(job).toMatchObject(members);
    return job;
  });

const completions = async (id: string): Promise<ExportEvent[]> =>
  (await fleet.events()).filter(
    ({ subject, type }) => subject === id && type === 'bulkwatch.export.completed',
  );

it('a paused job is not polled, and goes on where it is resumed', async () => {
  const { id, polls } = await track([inProgress(0.2, 1_000)]);
  await until(id, { state: 'in-progress' });
  expect((await act(id, 'pause')).status).toBe(200);
  await until(id, { health: 'paused', heldBy: 'paused' });
  const before = polls();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(polls()).toBe(before);

  await act(id, 'resume');
  await eventually(() => {
    expect(polls()).toBeGreaterThan(before + 1);
  });
  expect(await fleet.job(id)).toMatchObject({ health: 'ok', heldBy: null });
});

it('a job is polled within a Retry-After only where that is forced, and then once', async () => {
  const { id, polls } = await track([inProgress(60, 1_000)]);
  await until(id, { state: 'in-progress' });
  const refused = await act(id, 'poll');
  expect(refused.status).toBe(409);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(polls()).toBe(1);

  expect((await act(id, 'poll', { force: true })).status).toBe(202);
  await until(id, { pollCount: 2 });
  expect((await act(id, 'poll')).status).toBe(409);
  expect(polls()).toBe(2);
});

it('a completed job gets fresh links, and keeps what it has when there are none', async () => {
  const { id } = await track([
    { answer: 'complete', times: 1 },
    inProgress(0.2, 2),
    { answer: 'complete', times: 1 },
    { answer: 'status', status: 410 },
  ]);
  const { settledAt } = await until(id, { state: 'completed', manifestVersion: 1 });

  expect((await act(id, 'refresh')).status).toBe(202);
  await until(id, { state: 'completed', manifestVersion: 2, refreshUntil: null, settledAt });
  const told = await completions(id);
  expect(told.map(({ data }) => data.job.manifestVersion)).toEqual([1, 2]);
  expect(new Set(told.map((event) => event.id)).size).toBe(2);

  await act(id, 'refresh');
  await until(id, { refreshUntil: null, refreshReason: 'export-expired', manifestVersion: 2 });
  expect((await fetch(`${fleet.apiUrl}/v1/jobs/${id}/manifest`)).status).toBe(200);
  expect(await completions(id)).toHaveLength(2);

  await act(id, 'republish');
  const again = await completions(id);
  expect(again[2]?.id).toBe(told[1]?.id);
});

it('fresh links that come in pages are joined', async () => {
  const { id } = await track(
    [
      { answer: 'complete', times: 1, next: 'old' },
      { answer: 'complete', next: 'fresh' },
    ],
    { old: [{ answer: 'complete' }], fresh: [{ answer: 'complete' }] },
  );
  const first = await until(id, { manifestVersion: 1 });
  await act(id, 'refresh');
  const second = await until(id, { manifestVersion: 2 });
  expect(second.manifest?.outputCount).toBe(4);
  expect(second.manifest).toMatchObject({ outputCount: first.manifest?.outputCount });
  const [, told] = await completions(id);
  expect(told?.data.manifest?.['output']).toHaveLength(4);
});
