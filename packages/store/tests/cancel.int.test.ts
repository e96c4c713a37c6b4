import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, complete, facts, openBench, pollAgain, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const cancel = (jobId: string, deleteAtProvider = false) =>
  bench.jobs.cancel(tenant, jobId, { deleteAtProvider });

describe('cancel', () => {
  it('settles the job with one event, and is idempotent', async () => {
    const { id } = await bench.register();
    expect(await cancel(id)).toMatchObject({ kind: 'cancelled', job: { state: 'cancelled' } });
    expect(await cancel(id)).toMatchObject({ kind: 'cancelled-before' });
    const stored = await bench.jobs.get(tenant, id);
    expect(stored).toMatchObject({ state: 'cancelled', reason: 'cancelled-by-request' });
    const events = (await bench.events()).filter(({ subject }) => subject === id);
    expect(events.map(({ type }) => type)).toEqual([
      'bulkwatch.export.registered',
      'bulkwatch.export.cancelled',
    ]);
    expect(events[1]?.data.job).toMatchObject({ state: 'cancelled', dueAt: null });
  });

  it('says why it ended, not what the last poll had to say', async () => {
    const { id } = await bench.register();
    const trouble = { inProgress: false, reason: 'provider-error', detail: 'HTTP 500' } as const;
    await bench.jobs.applyDecision(await bench.claim(id), pollAgain(trouble), facts);
    const cancelled = await cancel(id);
    expect(cancelled).toMatchObject({ kind: 'cancelled', job: { reason: 'cancelled-by-request' } });
    expect(cancelled).not.toHaveProperty('job.detail');
    expect(await bench.jobs.get(tenant, id)).not.toHaveProperty('detail');
  });

  it('leaves a completed job as it is, and knows no job of another tenant', async () => {
    const { id } = await bench.register();
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    expect(await cancel(id)).toMatchObject({
      kind: 'already-settled',
      job: { state: 'completed' },
    });
    expect(await bench.jobs.cancel('other', id, { deleteAtProvider: false })).toEqual({
      kind: 'not-found',
    });
  });

  it('with a delete request: wakes a worker at once, fences off the poll in flight', async () => {
    const { id } = await bench.register();
    const inFlight = await bench.claim(id);
    expect(await cancel(id, true)).toMatchObject({
      kind: 'cancelling',
      job: { state: 'registered' },
    });
    expect(await cancel(id, true)).toMatchObject({ kind: 'cancelling' });
    expect(await bench.jobs.applyDecision(inFlight, pollAgain(), facts)).toEqual({ kind: 'stale' });

    const claim = await bench.claim(id, 2);
    expect(claim).toMatchObject({
      action: 'delete',
      job: { cancelRequestedAt: expect.any(Number) },
    });
    const decision = { next: 'cancel', reason: 'cancelled-by-request' } as const;
    const sent = { method: 'DELETE', status: 202, durationMs: 5, verdict: 'up' } as const;
    expect(await bench.jobs.applyDecision(claim, decision, sent)).toEqual({
      kind: 'settled',
      state: 'cancelled',
      told: ['cancelled'],
    });
    expect(await bench.jobs.get(tenant, id)).toMatchObject({ state: 'cancelled', pollCount: 0 });
    expect(await bench.jobs.polls(tenant, id)).toMatchObject([{ method: 'DELETE', status: 202 }]);
  });
});
