import { exportEventSchema, pollSchema } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import {
  type Bench,
  complete,
  facts,
  manifestText,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const eventsOf = async (jobId: string) =>
  (await bench.events()).filter(({ subject }) => subject === jobId);

describe('applyDecision', () => {
  it('records progress, the next due instant and the poll, and tells subscribers', async () => {
    const job = await bench.register();
    const claim = await bench.claim(job.id);
    const decision = pollAgain({
      delayMs: 600_000,
      requestedDelayMs: 600_000,
      progress: '37% complete',
      progressPercent: 37,
      progressed: true,
    });

    expect(await bench.jobs.applyDecision(claim, decision, { ...facts, status: 202 })).toEqual({
      kind: 'again',
      delayMs: 600_000,
      told: ['progressed'],
    });
    const after = await bench.jobs.get(tenant, job.id);
    expect(after).toMatchObject({
      state: 'in-progress',
      progress: '37% complete',
      progressPercent: 37,
      pollCount: 1,
      requestId: 'opc-1',
      health: 'ok',
    });
    expect((after?.dueAt ?? 0) - (after?.lastPolledAt ?? 0)).toBeGreaterThanOrEqual(599_990);
    expect(
      (await bench.jobs.polls(tenant, job.id))?.map((poll) => pollSchema.parse(poll)),
    ).toMatchObject([
      { status: 202, requestedDelayMs: 600_000, appliedDelayMs: 600_000, progress: '37% complete' },
    ]);
    expect((await eventsOf(job.id)).map(({ type }) => type)).toEqual([
      'bulkwatch.export.registered',
      'bulkwatch.export.progressed',
    ]);
  });

  it('keeps a failing poll apart from the state, and clears it with the next good one', async () => {
    const job = await bench.register();
    const bad = pollAgain({
      delayMs: 0,
      inProgress: false,
      health: 'unreachable',
      reason: 'connection-failed',
      detail: 'ECONNREFUSED',
      failureCount: 1,
      failingSince: 1_000,
    });
    await bench.jobs.applyDecision(await bench.claim(job.id), bad, {
      method: 'GET',
      durationMs: 3,
      verdict: 'down',
    });
    expect(await bench.jobs.get(tenant, job.id)).toMatchObject({
      state: 'registered',
      health: 'unreachable',
      reason: 'connection-failed',
    });

    const claim = await bench.claim(job.id);
    expect(claim.job).toMatchObject({ failureCount: 1, failingSince: 1_000 });
    await bench.jobs.applyDecision(claim, pollAgain(), facts);
    const after = await bench.jobs.get(tenant, job.id);
    expect(after).toMatchObject({ state: 'in-progress', health: 'ok' });
    expect(after).not.toHaveProperty('reason');
  });

  it('completes: state, manifest and one event in one script; the URL is free again', async () => {
    const job = newJob();
    const { id } = await bench.register(job);
    const heard: string[] = [];
    const stop = bench.store.watchJobs((jobId) => heard.push(jobId));
    const claim = await bench.claim(id);

    expect(await bench.jobs.applyDecision(claim, complete, facts)).toEqual({
      kind: 'settled',
      state: 'completed',
      told: ['completed'],
    });
    const after = await bench.jobs.get(tenant, id);
    expect(after).toMatchObject({ state: 'completed', manifest: { outputCount: 1 }, pollCount: 1 });
    expect(after).not.toHaveProperty('dueAt');
    expect(await bench.manifestText(id)).toBe(manifestText);
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBeNull();

    const completed = (await eventsOf(id)).filter(
      ({ type }) => type === 'bulkwatch.export.completed',
    );
    expect(completed).toHaveLength(1);
    expect(exportEventSchema.parse(completed[0]).data).toMatchObject({
      job: { state: 'completed', manifest: { outputCount: 1 }, pollCount: 1, dueAt: null },
      manifest: JSON.parse(manifestText),
    });
    expect((await bench.register(job)).id).not.toBe(id);
    stop();
  });

  it('hears the next event after a message that is none', async () => {
    const heard: string[] = [];
    const stop = bench.store.watchJobs((jobId) => heard.push(jobId));
    await eventually(async () => expect(await bench.raw.pubsub('NUMPAT')).toBe(1));
    for (const message of ['hello', 'null', '{"subject":7}'])
      await bench.raw.publish('bulkwatch:events:completed', message);
    const { id } = await bench.register();
    await eventually(() => expect(heard).toEqual([id]));
    stop();
  });

  it('refers to a manifest that is too large to be inline', async () => {
    const { id } = await bench.register();
    const text = JSON.stringify({ transactionTime: 'x', output: [], padding: 'p'.repeat(5_000) });
    const large = { ...complete, manifest: new TextEncoder().encode(text) };
    await bench.jobs.applyDecision(await bench.claim(id), large, facts);
    const event = (await eventsOf(id)).at(-1);
    expect(event).toMatchObject({ dataref: `/v1/jobs/${id}/manifest` });
    expect(event?.data).not.toHaveProperty('manifest');
    expect(await bench.manifestText(id)).toBe(text);
  });

  it('never puts into an event what may hold clinical data, however small', async () => {
    const { id } = await bench.register();
    const byReference = { ...complete, onlyByReference: true };
    await bench.jobs.applyDecision(await bench.claim(id), byReference, facts);
    const event = (await eventsOf(id)).at(-1);
    expect(event).toMatchObject({ dataref: `/v1/jobs/${id}/manifest` });
    expect(event?.data).not.toHaveProperty('manifest');
  });

  it('finds the claim stale of a job whose record is gone, as after a failover that lost it', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    await bench.raw.del(`{bulkwatch}:job:${id}`);

    expect(await bench.jobs.applyDecision(claim, complete, facts)).toEqual({ kind: 'stale' });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['bulkwatch.export.registered']);
    expect(await bench.raw.exists(`{bulkwatch}:job:${id}`)).toBe(0);
  });

  it('takes nothing under a claim that Redis has forgotten, though it has granted its epoch again', async () => {
    const job = await bench.register();
    const key = keys.job(job.id);
    const before = await bench.raw.hgetall(key);
    const forgotten = await bench.claim(job.id);
    // As after a power cut that takes the last second.
    await bench.raw.del(key, keys.inFlight(forgotten.job.provider));
    await bench.raw.hset(key, before);
    const claim = await bench.claim(job.id);
    expect(claim.epoch).toBe(forgotten.epoch);
    const granted = await bench.raw.hgetall(key);

    const stale = await bench.jobs.applyDecision(forgotten, pollAgain({ delayMs: 1 }), facts);
    await bench.jobs.releaseClaim(forgotten);

    expect(stale).toMatchObject({ kind: 'stale' });
    expect(await bench.raw.hgetall(key)).toEqual(granted);
    expect(await bench.raw.zcard(keys.inFlight(claim.job.provider))).toBe(1);
    const result = await bench.jobs.applyDecision(claim, pollAgain({ delayMs: 1 }), facts);
    expect(result).toMatchObject({ kind: 'again' });
  });

  it('changes nothing for a stale claim, nor for a job that is settled', async () => {
    const { id } = await bench.register();
    const stale = await bench.claim(id);
    await bench.jobs.releaseClaim(stale);
    const claim = await bench.claim(id);
    expect(await bench.jobs.applyDecision(stale, complete, facts)).toEqual({ kind: 'stale' });
    expect(await bench.jobs.get(tenant, id)).toMatchObject({ state: 'registered' });

    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await bench.jobs.applyDecision(claim, complete, facts)).toEqual({ kind: 'stale' });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'bulkwatch.export.registered',
      'bulkwatch.export.cancelled',
    ]);
  });

  it('answers a resend alike and appends no second event', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    await bench.jobs.applyDecision(claim, pollAgain({ progressed: true }), facts);
    const resent = await bench.jobs.applyDecision(claim, pollAgain({ progressed: true }), facts);
    expect(resent.kind).toBe('again');
    expect(await bench.jobs.get(tenant, id)).toMatchObject({ pollCount: 1 });
    expect(await eventsOf(id)).toHaveLength(2);

    const other = await bench.register();
    const last = await bench.claim(other.id);
    await bench.jobs.applyDecision(last, complete, facts);
    expect(await bench.jobs.applyDecision(last, complete, facts)).toEqual({
      kind: 'settled',
      state: 'completed',
      told: ['completed'],
    });
    expect(await eventsOf(other.id)).toHaveLength(2);
  });

  it('bounds the timeline, the newest poll first', async () => {
    const { id } = await bench.register();
    for (let poll = 1; poll <= 8; poll += 1) {
      const claim = await bench.claim(id);
      await bench.jobs.applyDecision(claim, pollAgain({ delayMs: 0 }), {
        ...facts,
        requestId: `r${poll}`,
      });
    }
    const polls = await bench.jobs.polls(tenant, id);
    expect(polls?.map(({ requestId }) => requestId)).toEqual(['r8', 'r7', 'r6', 'r5', 'r4']);
  });

  it.each([
    ['fail', 'failed', 'export-failed'],
    ['abandon', 'abandoned', 'tracking-deadline'],
  ] as const)('%s ends the job with its reason', async (next, state, reason) => {
    const { id } = await bench.register();
    await bench.jobs.applyDecision(await bench.claim(id), { next, reason, detail: 'why' }, facts);
    expect(await bench.jobs.get(tenant, id)).toMatchObject({ state, reason, detail: 'why' });
    expect((await eventsOf(id)).at(-1)?.type).toBe(`bulkwatch.export.${state}`);
  });
});
