import type { Complete, Refreshed, RefreshFailed } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import {
  type Bench,
  complete,
  facts,
  limits,
  newJob,
  openBench,
  pollAgain,
  randomNonce,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ retryAfterFloorMs: 0 });
});
afterAll(() => bench.close());

const refresh = (jobId: string, bearerToken?: string) =>
  bench.jobs.refresh(tenant, jobId, { bearerToken });
const read = (jobId: string) => bench.jobs.get(tenant, jobId);
const told = async (jobId: string) =>
  (await bench.events()).filter(
    ({ subject, type }) => subject === jobId && type === 'bulkwatch.export.completed',
  );

async function completedJob(
  overrides: Parameters<typeof newJob>[0] = {},
  decision: Complete = complete,
): Promise<string> {
  const { id } = await bench.register(newJob(overrides));
  await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
  return id;
}

const freshText =
  '{"transactionTime":"2026-01-04T17:42:25.000Z","output":[{"type":"Patient","url":"v"},{"type":"Group","url":"w"}]}';
const fresh: Refreshed = {
  ...complete,
  next: 'refreshed',
  manifest: new TextEncoder().encode(freshText),
  summary: { ...complete.summary, outputCount: 2 },
  expiresAt: Date.now() + 3_600_000,
};
const failed: RefreshFailed = { next: 'refresh-failed', reason: 'export-expired' };

describe('a refresh', () => {
  it('has a completed job polled again, which stays completed', async () => {
    const id = await completedJob();
    const before = await read(id);
    const result = await refresh(id);
    expect(result.kind).toBe('done');
    const { dueAt, refreshUntil, version, ...job } = (await read(id)) ?? {};
    expect(job).toEqual({ ...before, version: undefined });
    expect(version).toBe((before?.version ?? 0) + 1);
    expect(refreshUntil).toBe((dueAt ?? 0) + 86_400_000);
    expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-2`)).toBe(1);

    const { action, job: claimed } = await bench.claim(id, 2);
    expect([action, claimed.refresh]).toEqual([
      'poll',
      { until: refreshUntil, manifestVersion: 1 },
    ]);
    expect(claimed).toMatchObject({ state: 'in-progress', deadlineAt: refreshUntil, memory: {} });
  });

  it('puts the fresh links in place of the old ones, and tells of them', async () => {
    const id = await completedJob();
    const before = await read(id);
    const openJobs = () => bench.raw.hget(keys.provider(before?.provider ?? ''), 'openJobs');
    const openBefore = await openJobs();
    await refresh(id);
    const applied = await bench.jobs.applyDecision(await bench.claim(id, 2), fresh, facts);
    expect(applied).toMatchObject({ kind: 'settled', state: 'completed', told: ['completed'] });

    expect(await bench.manifestText(id)).toBe(freshText);
    const job = await read(id);
    expect(job).toMatchObject({
      state: 'completed',
      settledAt: before?.settledAt,
      manifestVersion: 2,
      manifest: { outputCount: 2 },
      expiresAt: fresh.expiresAt,
      pollCount: 2,
    });
    expect(job).not.toHaveProperty('refreshUntil');
    expect(job).not.toHaveProperty('dueAt');
    expect(await openJobs()).toBe(openBefore);
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBeNull();

    const [first, second] = await told(id);
    expect(first?.data.job.manifestVersion).toBe(1);
    expect(second?.data).toMatchObject({
      job: { manifestVersion: 2, manifest: { outputCount: 2 } },
      manifest: { output: [{ url: 'v' }, { url: 'w' }] },
    });
    expect(second?.id).not.toBe(first?.id);
    await bench.jobs.republish(tenant, id);
    expect((await told(id))[2]).toEqual(second);
  });

  it('loses nothing where it fails, says why, and can be tried again', async () => {
    const id = await completedJob();
    const before = await read(id);
    await refresh(id);
    expect(await bench.jobs.applyDecision(await bench.claim(id, 2), failed, facts)).toMatchObject({
      kind: 'settled',
      told: [],
    });
    const { refreshReason, version: _version, ...job } = (await read(id)) ?? {};
    expect(refreshReason).toBe('export-expired');
    const { version: _before, ...rest } = before ?? {};
    expect(job).toEqual({ ...rest, pollCount: 2, lastPolledAt: expect.any(Number) as number });
    expect(await bench.manifestText(id)).toContain('"u"');
    expect(await told(id)).toHaveLength(1);

    await refresh(id);
    expect(await read(id)).not.toHaveProperty('refreshReason');
    await bench.jobs.applyDecision(await bench.claim(id, 3), fresh, facts);
    expect((await read(id))?.manifestVersion).toBe(2);
  });

  it('goes on while polls bring nothing, and shows none of that as progress or health', async () => {
    const id = await completedJob();
    await refresh(id);
    const before = await read(id);
    const decision = pollAgain({
      delayMs: 0,
      health: 'provider-error',
      reason: 'provider-error',
      inProgress: false,
      failureCount: 1,
      memory: { told: { output: 1, deleted: 0, errors: 0 } },
    });
    expect(await bench.jobs.applyDecision(await bench.claim(id, 2), decision, facts)).toMatchObject(
      {
        kind: 'again',
        told: [],
      },
    );
    expect(await read(id)).toMatchObject({
      state: 'completed',
      health: 'ok',
      refreshUntil: before?.refreshUntil,
    });
    expect(await read(id)).not.toHaveProperty('reason');
    const { job } = await bench.claim(id, 2);
    expect(job).toMatchObject({ failureCount: 1, memory: decision.memory });
  });

  it('takes pages anew that it knows', async () => {
    const page = { url: 'https://ehr.example/pages/1', bytes: new TextEncoder().encode('old') };
    const { id } = await bench.register();
    await bench.jobs.applyDecision(await bench.claim(id), pollAgain({ delayMs: 0, page }), facts);
    await bench.jobs.applyDecision(await bench.claim(id), complete, facts);
    await refresh(id);
    const again = { ...page, bytes: new TextEncoder().encode('new') };
    const decision = pollAgain({ delayMs: 0, page: again });
    await bench.jobs.applyDecision(await bench.claim(id, 2), decision, facts);
    const pages = await bench.pages(await bench.claim(id, 2));
    expect(pages.map((bytes) => Buffer.from(bytes).toString())).toEqual(['new']);
  });

  it('is asked for once, however often', async () => {
    const id = await completedJob();
    await Promise.all([refresh(id), refresh(id), refresh(id)]);
    expect(await bench.raw.hget(`{bulkwatch}:job:${id}`, 'wake')).toBe('2');
  });

  it('is rescued like any other poll, and its claim can be given back', async () => {
    const id = await completedJob();
    await refresh(id);
    await bench.raw.hset(`{bulkwatch}:job:${id}`, 'notBefore', 1);
    await bench.raw.zadd('{bulkwatch}:due', 1, id);
    await bench.raw.del(`{bulkwatch}:bull:polls:${id}-2`, '{bulkwatch}:bull:polls:wait');
    await bench.jobs.rescueOverdue(1_000);
    const claim = await bench.claim(id, 3);
    await bench.jobs.releaseClaim(claim);
    expect((await bench.claim(id, 3)).epoch).toBe(claim.epoch + 1);
  });

  it('ends at its own deadline where nothing may be asked', async () => {
    const id = await completedJob();
    await refresh(id);
    const provider = (await read(id))?.provider ?? '';
    await bench.raw.hset(`{bulkwatch}:provider:${provider}`, 'operatorPausedAt', 1);
    await bench.raw.hset(`{bulkwatch}:job:${id}`, 'refreshUntil', Date.now() - 1);
    expect((await bench.claim(id, 2)).action).toBe('abandon');
    await bench.raw.hdel(`{bulkwatch}:provider:${provider}`, 'operatorPausedAt');
  });

  it('needs another token where one was submitted', async () => {
    const id = await completedJob({ bearerToken: 'old' });
    expect(await refresh(id)).toEqual({ kind: 'refused', why: 'no-token' });
    expect((await refresh(id, 'canary-new')).kind).toBe('done');
    const claim = await bench.claim(id, 2);
    expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'canary-new' });
    await bench.jobs.applyDecision(claim, failed, facts);
    expect(await bench.raw.hexists(`{bulkwatch}:job:${id}`, 'sealedToken')).toBe(0);
  });

  describe('with another token, while it goes on', () => {
    const hour = 60 * 60 * 1000;
    const refused = { health: 'auth-blocked', reason: 'auth-rejected', inProgress: false } as const;

    /** A refresh whose token was refused, to be polled again in an hour. */
    async function refusedRefresh(overrides: Parameters<typeof pollAgain>[0] = {}) {
      const id = await completedJob({ bearerToken: 'old' });
      await refresh(id, 'second');
      const decision = pollAgain({ ...refused, delayMs: hour, ...overrides });
      await bench.jobs.applyDecision(await bench.claim(id, 2), decision, facts);
      return id;
    }

    it('waits no longer for the one before', async () => {
      const id = await refusedRefresh();
      await refresh(id, 'third');
      expect(((await read(id))?.dueAt ?? 0) - Date.now()).toBeLessThan(1_000);
      expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-3`)).toBe(1);
      const claim = await bench.claim(id, 3);
      expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'third' });
    });

    it('waits for what the provider asked for', async () => {
      const id = await refusedRefresh({ requestedDelayMs: hour / 2 });
      await refresh(id, 'third');
      const dueInMs = ((await read(id))?.dueAt ?? 0) - Date.now();
      expect(dueInMs).toBeGreaterThan(hour / 2 - 10_000);
      expect(dueInMs).toBeLessThanOrEqual(hour / 2);
    });

    it('leaves a poll in flight alone, and what is asked for without a token', async () => {
      const id = await refusedRefresh({ delayMs: 0 });
      await bench.claim(id, 2);
      await refresh(id, 'third');
      expect(await bench.raw.hget(`{bulkwatch}:job:${id}`, 'wake')).toBe('2');
      const other = await refusedRefresh();
      await refresh(other);
      expect(await bench.raw.hget(`{bulkwatch}:job:${other}`, 'wake')).toBe('2');
    });
  });

  it.each([
    ['of the house', () => 0, 1_000],
    ['of the preset', () => 5_000, 5_000],
  ])('is polled no sooner than the floor %s lets it', async (_whose, presetFloorMs, floorMs) => {
    const id = await completedJob();
    const store = await bench.open('api', { limits: { ...limits, retryAfterFloorMs: 1_000 } });
    await store.jobs.refresh(tenant, id, { bearerToken: undefined, presetFloorMs });
    await store.close();
    const { dueAt = 0, lastPolledAt = 0 } = (await read(id)) ?? {};
    expect(dueAt).toBe(lastPolledAt + floorMs);
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBe(String(dueAt));
  });

  it('is for completed jobs of the tenant', async () => {
    const { id } = await bench.register();
    expect(await refresh(id)).toEqual({ kind: 'refused', why: 'not-completed' });
    const foreign = bench.jobs.refresh('other', id, { bearerToken: undefined });
    expect(await foreign).toEqual({ kind: 'refused', why: 'not-found' });
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await refresh(id)).toEqual({ kind: 'refused', why: 'not-completed' });
    const settled = await completedJob();
    const wakeUp = { jobId: settled, wake: 1 };
    const chance = { nonce: randomNonce(), dice: 0 };
    expect(await bench.jobs.claimPoll(wakeUp, chance)).toMatchObject({ why: 'settled' });
  });
});
