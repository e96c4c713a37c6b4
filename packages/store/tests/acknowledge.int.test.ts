import type { CleanedUp, CleanUpFailed, Refreshed } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bench,
  complete,
  facts,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ retryAfterFloorMs: 0 });
});
afterAll(() => bench.close());

const record = (jobId: string) => `{bulkwatch}:job:${jobId}`;
const read = (jobId: string) => bench.jobs.get(tenant, jobId);
const wakeOf = async (jobId: string) => Number(await bench.raw.hget(record(jobId), 'wake'));
const acknowledge = (jobId: string, subscriber: string, bearerToken?: string) =>
  bench.jobs.acknowledge(tenant, jobId, { subscriber, bearerToken });
const deleteFacts = { ...facts, method: 'DELETE' } as const;
const cleanedUp: CleanedUp = { next: 'cleaned-up' };
const refused: CleanUpFailed = { next: 'clean-up-failed', reason: 'delete-refused' };

async function completedJob(overrides: Parameters<typeof newJob>[0] = {}): Promise<string> {
  const { id } = await bench.register(newJob(overrides));
  await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
  return id;
}

/** That nothing will be asked of the provider: no claim, no due instant, no wake-up beyond the first. */
async function expectAtRest(jobId: string): Promise<void> {
  expect(await bench.raw.zscore('{bulkwatch}:due', jobId)).toBeNull();
  expect(await bench.tryClaim(jobId, await wakeOf(jobId))).toMatchObject({ kind: 'dropped' });
}

describe('an acknowledgement', () => {
  it('is kept once for each subscriber, in order, and takes anybody where nobody is required', async () => {
    const id = await completedJob();
    expect(await acknowledge(id, 'loader')).toMatchObject({ kind: 'acknowledged', first: true });
    const job = await read(id);
    expect(job?.acknowledgements).toEqual([{ subscriber: 'loader', at: job?.acknowledgedAt }]);

    expect(await acknowledge(id, 'loader')).toMatchObject({ first: false, job });
    for (const name of ['load', 'der', '.', 'a']) await acknowledge(id, name);
    expect((await read(id))?.acknowledgements?.map(({ subscriber }) => subscriber)).toEqual([
      'loader',
      'load',
      'der',
      '.',
      'a',
    ]);
    expect((await read(id))?.acknowledgedAt).toBe(job?.acknowledgedAt);
    await expectAtRest(id);
  });

  it('is for completed jobs of the tenant', async () => {
    const { id } = await bench.register(newJob({ deleteOnAcknowledge: true }));
    expect(await acknowledge(id, 'loader')).toEqual({ kind: 'refused', why: 'not-completed' });
    const foreign = bench.jobs.acknowledge('other', id, {
      subscriber: 'loader',
      bearerToken: undefined,
    });
    expect(await foreign).toEqual({ kind: 'refused', why: 'not-found' });
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await acknowledge(id, 'loader')).toEqual({ kind: 'refused', why: 'not-completed' });
    expect(await read(id)).not.toHaveProperty('acknowledgements');
  });

  it('is bounded: those that are required always have room', async () => {
    const id = await completedJob({ requiredSubscribers: ['needed'] });
    for (let n = 0; n < 16; n += 1)
      expect((await acknowledge(id, `extra-${n}`)).kind).toBe('acknowledged');
    expect(await acknowledge(id, 'one-more')).toEqual({ kind: 'refused', why: 'too-many' });
    expect((await acknowledge(id, 'extra-3')).kind).toBe('acknowledged');
    expect(await read(id)).not.toHaveProperty('acknowledgedAt');
    expect((await acknowledge(id, 'needed')).kind).toBe('acknowledged');
    expect(await read(id)).toMatchObject({ acknowledgedAt: expect.any(Number) as number });
  });
});

describe('the delete request that follows', () => {
  it('is asked for by the last one that is required, and sent once', async () => {
    const id = await completedJob({
      deleteOnAcknowledge: true,
      requiredSubscribers: ['loader', 'archive'],
    });
    await acknowledge(id, 'loader');
    await acknowledge(id, 'somebody');
    await expectAtRest(id);

    await acknowledge(id, 'archive');
    await acknowledge(id, 'archive');
    expect(await wakeOf(id)).toBe(2);
    const claim = await bench.claim(id, 2);
    const { deleteUntil } = (await read(id)) ?? {};
    expect(claim).toMatchObject({ action: 'delete', job: { cleanUp: { until: deleteUntil } } });
    expect((deleteUntil ?? 0) - Date.now()).toBeGreaterThan(86_400_000 - 10_000);
    expect(await bench.jobs.applyDecision(claim, cleanedUp, deleteFacts)).toMatchObject({
      kind: 'settled',
      state: 'completed',
      told: [],
    });
    const job = await read(id);
    expect(job).toMatchObject({ state: 'completed', deletedAtProviderAt: expect.any(Number) });
    expect(job).not.toHaveProperty('deleteUntil');
    expect((await bench.jobs.polls(tenant, id))?.[0]).toMatchObject({ method: 'DELETE' });
    await acknowledge(id, 'archive');
    await acknowledge(id, 'another');
    await expectAtRest(id);
  });

  it('goes where the status URL has moved, also after a refusal or a refresh', async () => {
    const { id } = await bench.register(newJob({ deleteOnAcknowledge: true, bearerToken: 'one' }));
    const movedTo = 'https://ehr.example/moved?sig=canary';
    const memory = { movedTo, told: { output: 1, deleted: 0, errors: 0 } };
    await bench.jobs.applyDecision(await bench.claim(id), pollAgain({ delayMs: 0, memory }), facts);
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    expect(await bench.raw.hget(record(id), 'memory')).not.toContain('canary');
    await bench.jobs.refresh(tenant, id, { bearerToken: 'one' });
    const fresh: Refreshed = { ...complete, next: 'refreshed' };
    await bench.jobs.applyDecision(await bench.claim(id, 2), fresh, facts);
    await acknowledge(id, 'loader');
    await bench.jobs.applyDecision(await bench.claim(id, 3), refused, deleteFacts);
    await acknowledge(id, 'loader', 'two');
    const claim = await bench.claim(id, 4);
    expect(claim).toMatchObject({ action: 'delete', job: { memory: { movedTo } } });
    expect(claim.job.memory).toEqual({ movedTo });
    await bench.jobs.applyDecision(claim, cleanedUp, deleteFacts);
    expect(await bench.raw.hexists(record(id), 'memory')).toBe(0);
  });

  it('leaves the count of open jobs alone', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true, provider: 'https://count.example' });
    const openJobs = () => bench.raw.hget('{bulkwatch}:provider:https://count.example', 'openJobs');
    const before = await openJobs();
    await acknowledge(id, 'loader');
    await bench.jobs.applyDecision(await bench.claim(id, 2), cleanedUp, deleteFacts);
    expect(await openJobs()).toBe(before);
  });

  it('is tried again where it was not heard, by another worker if need be, and given up in the end', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true });
    await acknowledge(id, 'loader');
    await bench.jobs.applyDecision(
      await bench.claim(id, 2),
      pollAgain({ delayMs: 0 }),
      deleteFacts,
    );
    // This one dies with its claim; its wake-up is lost, too.
    const lost = await bench.claim(id, 2);
    await bench.raw.hset(record(id), 'notBefore', 1);
    await bench.raw.zadd('{bulkwatch}:due', 1, id);
    await bench.raw.del(`{bulkwatch}:bull:polls:${id}-2`, '{bulkwatch}:bull:polls:wait');
    await bench.jobs.rescueOverdue(1_000);
    const claim = await bench.claim(id, 3);
    expect(await bench.jobs.applyDecision(lost, cleanedUp, deleteFacts)).toMatchObject({
      kind: 'stale',
    });
    await bench.jobs.releaseClaim(claim);
    await bench.jobs.applyDecision(await bench.claim(id, 3), refused, deleteFacts);
    expect(await read(id)).toMatchObject({ state: 'completed', deleteReason: 'delete-refused' });
    await acknowledge(id, 'loader');
    await expectAtRest(id);
  });

  it('is not sent while its provider asks to be left alone', async () => {
    const provider = 'https://busy-clean-up.example';
    const id = await completedJob({ deleteOnAcknowledge: true, provider });
    await bench.raw.hset(`{bulkwatch}:provider:${provider}`, 'pausedUntil', Date.now() + 60_000);
    await acknowledge(id, 'loader');
    expect(await bench.tryClaim(id, 2)).toMatchObject({ kind: 'early', heldBy: 'provider-wait' });
    await bench.raw.hset(`{bulkwatch}:provider:${provider}`, 'pausedUntil', 0);
    await bench.raw.hset(record(id), 'notBefore', 0);
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });

  it('ends unsent where its time is up while polling is paused', async () => {
    const provider = 'https://paused-clean-up.example';
    const id = await completedJob({ deleteOnAcknowledge: true, provider });
    await bench.store.providers.pause(provider, 'somebody');
    await acknowledge(id, 'loader');
    expect(await bench.tryClaim(id, 2)).toMatchObject({ heldBy: 'provider-paused' });
    await bench.raw.hset(record(id), { deleteUntil: Date.now() - 1, notBefore: 0 });
    expect((await bench.claim(id, 2)).action).toBe('abandon');
  });

  it('never follows anything else', async () => {
    const plain = await completedJob();
    await acknowledge(plain, 'loader');
    await expectAtRest(plain);

    const waiting = await completedJob({ deleteOnAcknowledge: true });
    await bench.jobs.acknowledge('other', waiting, {
      subscriber: 'loader',
      bearerToken: undefined,
    });
    await bench.jobs.cancel(tenant, waiting, { deleteAtProvider: true });
    await bench.jobs.cancel(tenant, waiting, { deleteAtProvider: false });
    await bench.jobs.republish(tenant, waiting);
    await bench.jobs.rescueOverdue(0);
    await expectAtRest(waiting);

    await bench.jobs.refresh(tenant, waiting, { bearerToken: undefined });
    const failed = { next: 'refresh-failed', reason: 'export-expired' } as const;
    await bench.jobs.applyDecision(await bench.claim(waiting, 2), failed, facts);
    await expectAtRest(waiting);

    const full = await completedJob({ deleteOnAcknowledge: true, requiredSubscribers: ['a', 'b'] });
    for (let n = 0; n < 17; n += 1) await acknowledge(full, `extra-${n}`);
    await acknowledge(full, 'a');
    await expectAtRest(full);
  });
});

describe('a refresh', () => {
  const fresh: Refreshed = { ...complete, next: 'refreshed' };

  it('goes on while the job is acknowledged; the delete request comes after it', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true });
    await bench.jobs.refresh(tenant, id, { bearerToken: undefined });
    const first = await bench.claim(id, 2);
    await acknowledge(id, 'loader');
    expect(await wakeOf(id)).toBe(2);
    await bench.jobs.applyDecision(first, pollAgain({ delayMs: 0 }), facts);
    const claim = await bench.claim(id, 2);
    expect(claim).toMatchObject({ action: 'poll', job: { refresh: { manifestVersion: 1 } } });
    expect(await bench.jobs.applyDecision(claim, fresh, facts)).toMatchObject({
      kind: 'again',
      delayMs: 0,
      told: ['completed'],
    });
    expect(await read(id)).toMatchObject({ manifestVersion: 2 });
    expect(await bench.manifestText(id)).toContain('"u"');
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });

  it('is refused once the delete request is asked for', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true });
    await acknowledge(id, 'loader');
    const refresh = () => bench.jobs.refresh(tenant, id, { bearerToken: undefined });
    expect(await refresh()).toEqual({ kind: 'refused', why: 'deleted' });
    await bench.jobs.applyDecision(await bench.claim(id, 2), cleanedUp, deleteFacts);
    expect(await refresh()).toEqual({ kind: 'refused', why: 'deleted' });
  });
});

describe('a submitted token', () => {
  const hasToken = (id: string) => bench.raw.hexists(record(id), 'sealedToken');

  it('is kept, sealed, until the delete request was taken, and used for it', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true, bearerToken: 'canary-one' });
    expect(await bench.raw.hget(record(id), 'sealedToken')).not.toContain('canary');
    await acknowledge(id, 'loader');
    const claim = await bench.claim(id, 2);
    expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'canary-one' });
    await bench.jobs.applyDecision(claim, cleanedUp, deleteFacts);
    expect(await hasToken(id)).toBe(0);
  });

  it('is dropped at completion where no delete request is to follow, or no longer', async () => {
    const plain = await completedJob({ bearerToken: 'canary-one' });
    expect(await hasToken(plain)).toBe(0);
    const id = await completedJob({ deleteOnAcknowledge: true, bearerToken: 'canary-one' });
    await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: false });
    expect(await hasToken(id)).toBe(0);
  });

  it('is replaced by that of an acknowledgement, which sends again what was not taken', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true, bearerToken: 'old' });
    await acknowledge(id, 'loader', 'second');
    const wait = pollAgain({ delayMs: 3_600_000, reason: 'auth-rejected', health: 'auth-blocked' });
    await bench.jobs.applyDecision(await bench.claim(id, 2), wait, deleteFacts);
    await acknowledge(id, 'loader', 'third');
    const claim = await bench.claim(id, 3);
    expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'third' });
    await bench.jobs.applyDecision(claim, refused, deleteFacts);
    expect(await hasToken(id)).toBe(0);
    await acknowledge(id, 'loader', 'fourth');
    expect(await read(id)).not.toHaveProperty('deleteReason');
    expect((await bench.claim(id, 4)).action).toBe('delete');
  });

  it('of an acknowledgement wakes a job that a worker of an older version has put to rest', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true, bearerToken: 'old' });
    await acknowledge(id, 'loader');
    await bench.raw.hdel(record(id), 'notBefore', 'dueAt', 'sealedToken');
    await bench.raw.zrem('{bulkwatch}:due', id);
    expect((await acknowledge(id, 'loader', 'new')).kind).toBe('acknowledged');
    expect((await bench.claim(id, await wakeOf(id))).action).toBe('delete');
  });

  it('is asked for where it is gone', async () => {
    const id = await completedJob({ bearerToken: 'old' });
    await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: true });
    await acknowledge(id, 'loader');
    expect(await read(id)).toMatchObject({ deleteReason: 'bearer-token-needed' });
    await expectAtRest(id);
    await acknowledge(id, 'loader', 'new');
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });
});

describe('an amendment of a completed job', () => {
  it('judges the acknowledgements anew', async () => {
    const id = await completedJob({ requiredSubscribers: ['loader', 'gone'] });
    await acknowledge(id, 'loader');
    await bench.jobs.amend(tenant, id, { requiredSubscribers: ['loader'] });
    expect(await read(id)).toMatchObject({ acknowledgedAt: expect.any(Number) as number });
    await bench.jobs.amend(tenant, id, { requiredSubscribers: ['loader', 'late'] });
    expect(await read(id)).not.toHaveProperty('acknowledgedAt');
    await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: true });
    await expectAtRest(id);
    expect((await bench.jobs.amend(tenant, id, { requiredSubscribers: [] })).kind).toBe('amended');
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });

  it('is refused once the delete request is asked for, and for anything else', async () => {
    const id = await completedJob({ deleteOnAcknowledge: true });
    expect((await bench.jobs.amend(tenant, id, { labels: { a: 'b' } })).kind).toBe(
      'already-settled',
    );
    await acknowledge(id, 'loader');
    const amended = await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: false });
    expect(amended.kind).toBe('deleted');
  });

  it('counts for an open job as if it had been registered so', async () => {
    const { id } = await bench.register();
    await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: true, requiredSubscribers: ['a'] });
    expect(await read(id)).toMatchObject({ deleteOnAcknowledge: true, requiredSubscribers: ['a'] });
    await bench.jobs.amend(tenant, id, { deleteOnAcknowledge: false, requiredSubscribers: [] });
    expect(await read(id)).not.toHaveProperty('deleteOnAcknowledge');
    expect(await read(id)).not.toHaveProperty('requiredSubscribers');
  });
});
