import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, facts, newJob, openBench, pollAgain, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ retryAfterFloorMs: 0 });
});
afterAll(() => bench.close());

const hour = 60 * 60 * 1000;
const blocked = { health: 'auth-blocked', reason: 'auth-rejected', inProgress: false } as const;

/** A job whose last poll was refused, to be polled again in an hour. */
async function blockedJob(overrides: Parameters<typeof pollAgain>[0] = {}) {
  const job = await bench.register(newJob({ bearerToken: 'old' }));
  const decision = pollAgain({ ...blocked, delayMs: hour, ...overrides });
  await bench.jobs.applyDecision(await bench.claim(job.id), decision, facts);
  return job;
}

const dueInMs = async (jobId: string): Promise<number> =>
  ((await bench.jobs.get(tenant, jobId))?.dueAt ?? Number.NaN) - Date.now();

describe('amend', () => {
  it('replaces deadline and labels, and raises the version', async () => {
    const job = await bench.register(newJob({ labels: { study: 'a', arm: 'b' } }));
    const deadlineAt = Date.now() + hour;
    const amended = await bench.jobs.amend(tenant, job.id, { deadlineAt, labels: { study: 'c' } });
    expect(amended).toMatchObject({ kind: 'amended', job: { deadlineAt, version: 2 } });
    expect((await bench.jobs.get(tenant, job.id))?.labels).toEqual({ study: 'c' });

    await bench.jobs.amend(tenant, job.id, { labels: {} });
    expect(await bench.jobs.get(tenant, job.id)).toMatchObject({ labels: {}, deadlineAt });
  });

  it('replaces the token of a job that is well, and leaves its due instant', async () => {
    const job = await bench.register(newJob({ bearerToken: 'old', firstDelayMs: hour }));
    await bench.jobs.amend(tenant, job.id, { bearerToken: 'canary-new' });
    expect(await dueInMs(job.id)).toBeGreaterThan(hour - 10_000);
    expect(JSON.stringify(await bench.raw.hgetall(`{bulkwatch}:job:${job.id}`))).not.toContain(
      'canary-new',
    );
  });

  it('wakes a job that waits for credentials, with the new token', async () => {
    const job = await blockedJob();
    await bench.jobs.amend(tenant, job.id, { bearerToken: 'new' });
    expect(await dueInMs(job.id)).toBeLessThan(1_000);
    const claim = await bench.claim(job.id, 2);
    expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'new' });
    expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${job.id}-2`)).toBe(1);
  });

  it('wakes nobody within a Retry-After', async () => {
    const job = await blockedJob({ requestedDelayMs: hour / 2 });
    await bench.jobs.amend(tenant, job.id, { bearerToken: 'new' });
    const due = await dueInMs(job.id);
    expect(due).toBeGreaterThan(hour / 2 - 10_000);
    expect(due).toBeLessThanOrEqual(hour / 2);
  });

  it('wakes nobody whose poll is in flight', async () => {
    const job = await blockedJob({ delayMs: 0 });
    const claim = await bench.claim(job.id);
    await bench.jobs.amend(tenant, job.id, { bearerToken: 'new' });
    expect(await bench.jobs.claimPoll({ jobId: job.id, wake: 1 }, chance)).toMatchObject({
      kind: 'early',
    });
    expect(await bench.jobs.applyDecision(claim, pollAgain({ delayMs: hour }), facts)).toEqual({
      kind: 'again',
      delayMs: hour,
      told: [],
    });
  });

  it.each([
    ['at once', {}, 0],
    ['after the Retry-After', { requestedDelayMs: hour / 2 }, hour / 2],
  ])('has a job whose old token is being refused polled %s', async (_when, asked, delayMs) => {
    const job = await blockedJob({ delayMs: 0 });
    const claim = await bench.claim(job.id);
    await bench.jobs.amend(tenant, job.id, { bearerToken: 'new' });
    const decision = pollAgain({ ...blocked, delayMs: hour, ...asked });
    const again = { kind: 'again', delayMs, told: [] };
    expect(await bench.jobs.applyDecision(claim, decision, facts)).toEqual(again);
    expect(await dueInMs(job.id)).toBeLessThanOrEqual(delayMs);
  });

  it('wakes nobody for a new deadline', async () => {
    const job = await blockedJob();
    await bench.jobs.amend(tenant, job.id, { deadlineAt: Date.now() + 2 * hour });
    expect(await dueInMs(job.id)).toBeGreaterThan(hour - 10_000);
  });

  it('wakes once, however often it is asked', async () => {
    const job = await blockedJob();
    const ask = () => bench.jobs.amend(tenant, job.id, { bearerToken: 'new' });
    await Promise.all([ask(), ask(), ask()]);
    expect(await bench.raw.hget(`{bulkwatch}:job:${job.id}`, 'wake')).toBe('2');
  });

  it('changes neither a settled job nor that of somebody else', async () => {
    const job = await bench.register();
    const labels = { study: 'a' };
    expect(await bench.jobs.amend('other', job.id, { labels })).toEqual({ kind: 'not-found' });
    await bench.jobs.cancel(tenant, job.id, { deleteAtProvider: false });
    expect((await bench.jobs.amend(tenant, job.id, { labels })).kind).toBe('already-settled');
    expect((await bench.jobs.get(tenant, job.id))?.labels).toEqual({});
  });
});

const chance = { nonce: 'another', dice: 0 };
