import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, facts, newJob, openBench, pollAgain, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ gate: { concurrency: 1, perSecond: 1_000, burst: 100 } });
});
afterAll(() => bench.close());

const claimOf: Bench['tryClaim'] = (...wakeUp) => bench.tryClaim(...wakeUp);
const requestDelete = (jobId: string) =>
  bench.jobs.cancel(tenant, jobId, { deleteAtProvider: true });

describe('a delete request at the gate', () => {
  it('waits for the poll that is in flight, though nobody wants its answer any more', async () => {
    const provider = 'https://one-at-a-time.example';
    const job = await bench.register(newJob({ provider }));
    const poll = await bench.claim(job.id);
    await requestDelete(job.id);
    expect(await claimOf(job.id, 2)).toMatchObject({ kind: 'early', heldBy: 'concurrency' });

    expect(await bench.jobs.applyDecision(poll, pollAgain(), facts)).toMatchObject({
      kind: 'stale',
    });
    await bench.raw.hset(`{bulkwatch}:job:${job.id}`, 'notBefore', 0);
    expect(await claimOf(job.id, 2)).toMatchObject({ claim: { action: 'delete' } });
  });

  it('is given up after its own window, not at the deadline of the job', async () => {
    const provider = 'https://paused.example';
    const job = await bench.register(newJob({ provider, deadlineAt: Date.now() + 1_000 }));
    await bench.store.providers.pause(provider, 'somebody');
    await requestDelete(job.id);
    const record = `{bulkwatch}:job:${job.id}`;
    await bench.raw.hset(record, 'deadlineAt', 1);
    expect(await claimOf(job.id, 2)).toMatchObject({ kind: 'early', heldBy: 'provider-paused' });

    await bench.raw.hset(record, { notBefore: 0, cancelRequestedAt: Date.now() - 86_400_000 });
    expect(await claimOf(job.id, 2)).toMatchObject({
      kind: 'claimed',
      claim: { action: 'abandon', job: { cancelRequestedAt: expect.any(Number) } },
    });
  });
});

describe('limits of providers', () => {
  it('are those of the settings, and end when the settings no longer name them', async () => {
    const { providers } = bench.store;
    const provider = 'https://limited.example';
    await bench.register(newJob({ provider }));
    const limits = async () => (await providers.get(provider, 1))?.limits;

    await providers.limit(new Map([[provider, { perSecond: 0.5 }]]));
    expect(await limits()).toMatchObject({ concurrency: 1, perSecond: 0.5, burst: 100 });
    await providers.limit(new Map());
    expect(await limits()).toMatchObject({ concurrency: 1, perSecond: 1_000, burst: 100 });
  });
});

it('does not count a provider as out that has no open jobs left', async () => {
  const provider = 'https://gone.example';
  const jobs = await Promise.all(
    Array.from({ length: 12 }, () => bench.register(newJob({ provider }))),
  );
  for (const { id } of jobs.slice(0, 10)) {
    const claim = await bench.claim(id);
    await bench.jobs.applyDecision(claim, pollAgain(), { ...facts, verdict: 'down' });
  }
  expect((await bench.jobs.fleet(0)).providersOut).toBe(1);
  for (const { id } of jobs) await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
  expect((await bench.jobs.fleet(0)).providersOut).toBe(0);
});
