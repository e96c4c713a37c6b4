import { createClient } from '@bulkwatch/client';
import type { Job } from '@bulkwatch/contract';
import type { ExportScript } from '@bulkwatch/simulator';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

let fleet: Fleet;
let worker: RunningProcess;
beforeAll(async () => {
  fleet = await startFleet({
    BULKWATCH_RETRY_AFTER_FLOOR: '100ms',
    BULKWATCH_EXPIRING_THRESHOLDS: '2h,1h,2s',
    BULKWATCH_EXPIRY_INTERVAL: '200ms',
  });
  [worker] = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
});
afterAll(() => fleet.stop());

const client = () => createClient({ baseUrl: fleet.apiUrl });

async function completed(body: object = {}, script: Partial<ExportScript> = {}) {
  const { id: exportId, statusUrl } = fleet.simulator.createExport({
    steps: [{ answer: 'complete' }],
    ...script,
  });
  const { id } = await fleet.register({ statusUrl, credential: 'oracle', ...body });
  await until(id, { state: 'completed' });
  const deletes = (): number =>
    fleet.simulator.record.requestsOf(exportId).filter(({ method }) => method === 'DELETE').length;
  return { id, deletes };
}

const until = (id: string, members: Partial<Job>): Promise<Job> =>
  eventually(async () => {
    const job = await fleet.job(id);
    expect(job).toMatchObject(members);
    return job;
  });

it('the provider is sent one delete request when all have acknowledged, and none otherwise', async () => {
  const asked = await completed({
    deleteOnAcknowledge: true,
    requiredSubscribers: ['loader', 'archive'],
  });
  const half = await completed({ deleteOnAcknowledge: true, requiredSubscribers: ['a', 'b'] });
  const unasked = await completed();
  const { acknowledgeJob } = client();
  await acknowledgeJob(asked.id, { subscriber: 'loader' });
  await acknowledgeJob(half.id, { subscriber: 'a' });
  await acknowledgeJob(unasked.id, { subscriber: 'loader' });
  // What both workers and a sender that repeats itself could double.
  await Promise.all(
    Array.from({ length: 8 }, () => acknowledgeJob(asked.id, { subscriber: 'archive' })),
  );

  const job = await until(asked.id, { state: 'completed', dueAt: null, deleteReason: null });
  await eventually(async () => {
    expect((await fleet.job(asked.id)).deletedAtProviderAt).not.toBeNull();
  });
  expect(job.acknowledgements.map(({ subscriber }) => subscriber)).toEqual(['loader', 'archive']);
  const [poll] = await client().listPolls(asked.id);
  expect(poll).toMatchObject({ method: 'DELETE', status: 202 });
  expect([asked, half, unasked].map(({ deletes }) => deletes())).toEqual([1, 0, 0]);
});

it('a delete request that is refused is not sent again', async () => {
  const refused = await completed(
    { deleteOnAcknowledge: true },
    { deleteSteps: [{ answer: 'status', status: 405 }] },
  );
  await client().acknowledgeJob(refused.id, { subscriber: 'loader' });
  await until(refused.id, { state: 'completed', deleteReason: 'delete-refused' });
  await client().acknowledgeJob(refused.id, { subscriber: 'archive' });
  expect(refused.deletes()).toBe(1);
});

it('subscribers are told once that files expire, and that they have, whoever dies meanwhile', async () => {
  const { id, deletes } = await completed({ deleteOnAcknowledge: true }, { expiresInSeconds: 4 });
  const told = async () =>
    (await fleet.events())
      .filter(({ subject, type }) => subject === id && type.includes('expir'))
      .map(({ type, data: { expiry } }) => expiry?.thresholdSeconds ?? type);
  await eventually(async () => expect(await told()).toEqual([3_600]));
  await worker.kill();
  await eventually(
    async () => expect(await told()).toEqual([3_600, 2, 'bulkwatch.export.expired']),
    { timeoutMs: 8_000 },
  );
  const job = await fleet.job(id);
  expect(job).toMatchObject({ state: 'completed', expiredAt: job.expiresAt });
  const manifest = await fetch(`${fleet.apiUrl}/v1/jobs/${id}/manifest`);
  expect(manifest.headers.get('bulkwatch-expired-at')).toBe(job.expiresAt);
  expect(await manifest.json()).toHaveProperty('output');
  expect(deletes()).toBe(0);
});
