import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Bench,
  facts,
  limits,
  newJob,
  openBench,
  pollAgain,
  randomNonce,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const claimOf = (jobId: string, wake = 1, dice = 0, nonce = randomNonce()) =>
  bench.jobs.claimPoll({ jobId, wake }, { nonce, dice });

describe('claimPoll', () => {
  it('grants one claim and writes the next instant ahead', async () => {
    const wanted = newJob();
    const job = await bench.register(wanted);
    const claim = await bench.claim(job.id);
    expect(claim).toMatchObject({ epoch: 1, action: 'poll', job: { statusUrl: wanted.statusUrl } });

    const again = await claimOf(job.id);
    expect(again.kind).toBe('early');
    if (again.kind !== 'early') return;
    expect(again.remainingMs).toBeGreaterThan(limits.requestBudgetMs - 1_000);
    expect(again.remainingMs).toBeLessThanOrEqual(
      limits.requestBudgetMs + limits.retryAfterFloorMs,
    );
  });

  it("writes ahead the longest of the job's and the provider's Retry-After", async () => {
    const provider = 'https://slow.example';
    const first = await bench.register(newJob({ provider }));
    const claim = await bench.claim(first.id);
    await bench.jobs.applyDecision(
      claim,
      pollAgain({ delayMs: 600_000, requestedDelayMs: 600_000 }),
      facts,
    );

    const second = await bench.register(newJob({ provider }));
    await bench.claim(second.id);
    const again = await claimOf(second.id);
    expect(again).toMatchObject({ kind: 'early' });
    if (again.kind === 'early') expect(again.remainingMs).toBeGreaterThan(600_000);
  });

  it("is early until the first delay has run out, by Redis's clock", async () => {
    const job = await bench.register(newJob({ firstDelayMs: 300 }));
    const early = await claimOf(job.id);
    expect(early.kind).toBe('early');
    if (early.kind !== 'early') return;
    await pause(early.remainingMs);
    expect((await claimOf(job.id)).kind).toBe('claimed');
  });

  it("is judged by Redis's clock, whatever this host takes the time for", async () => {
    const [waiting, due] = [
      await bench.register(newJob({ firstDelayMs: 60_000 })),
      await bench.register(newJob()),
    ];
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 3_600_000);
      expect(await claimOf(waiting.id)).toMatchObject({ kind: 'early' });
      vi.setSystemTime(Date.now() - 2 * 3_600_000);
      expect(await claimOf(due.id)).toMatchObject({ kind: 'claimed' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('grants exactly one of many simultaneous claims', async () => {
    const job = await bench.register();
    const results = await Promise.all(Array.from({ length: 20 }, () => claimOf(job.id)));
    expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  });

  it('answers a resend with the same nonce alike', async () => {
    const job = await bench.register();
    const nonce = randomNonce();
    const first = await claimOf(job.id, 1, 0, nonce);
    const resent = await claimOf(job.id, 1, 0, nonce);
    expect(first.kind).toBe('claimed');
    expect(resent).toMatchObject({ kind: 'claimed', claim: { epoch: 1 } });
  });

  it('drops wake-ups that are not canonical, and those of settled and unknown jobs', async () => {
    const job = await bench.register();
    expect(await claimOf(job.id, 2)).toEqual({ kind: 'dropped', why: 'superseded' });
    await bench.jobs.cancel('default', job.id, { deleteAtProvider: false });
    expect(await claimOf(job.id)).toEqual({ kind: 'dropped', why: 'settled' });
    expect(await claimOf('nothing')).toEqual({ kind: 'dropped', why: 'missing' });
  });

  it('holds every job of a provider that asked for a pause', async () => {
    const provider = 'https://busy.example';
    const first = await bench.register(newJob({ provider }));
    const second = await bench.register(newJob({ provider }));
    const decision = pollAgain({
      delayMs: 30_000,
      requestedDelayMs: 30_000,
      inProgress: false,
      health: 'rate-limited',
      reason: 'rate-limited',
      pauseProviderMs: 30_000,
    });
    await bench.jobs.applyDecision(await bench.claim(first.id), decision, facts);

    const held = await claimOf(second.id);
    expect(held).toMatchObject({ kind: 'early' });
    if (held.kind === 'early') expect(held.remainingMs).toBeGreaterThan(29_000);
    const due = (await bench.jobs.get('default', second.id))?.dueAt ?? 0;
    expect(due - second.registeredAt).toBeGreaterThan(29_000);
  });

  it('has a crowd of jobs let those of other providers go first, as long as it is one', async () => {
    const provider = 'https://crowded.example';
    const job = await bench.register(newJob({ provider, firstDelayMs: 60_000 }));
    const record = `{bulkwatch}:job:${job.id}`;
    const openJobs = (count: number) =>
      bench.raw.hset(`{bulkwatch}:provider:${provider}`, 'openJobs', count);
    const apply = async () => {
      await bench.raw.hset(record, 'notBefore', 0);
      return bench.jobs.applyDecision(await bench.claim(job.id), pollAgain(), facts);
    };

    await openJobs(1_000);
    expect(await claimOf(job.id)).not.toHaveProperty('yields');
    expect(await apply()).not.toHaveProperty('yields');
    await openJobs(1_001);
    expect(await claimOf(job.id)).toMatchObject({ kind: 'early', yields: true });
    expect(await apply()).toMatchObject({ kind: 'again', yields: true });
  });

  it('gives an unused claim back, once, so that the job is due at once', async () => {
    const job = await bench.register();
    const claim = await bench.claim(job.id);
    await bench.jobs.releaseClaim(claim);
    const next = await bench.claim(job.id);
    expect(next.epoch).toBe(2);

    await bench.jobs.releaseClaim(claim);
    expect((await claimOf(job.id)).kind).toBe('early');
  });

  it('gives an unused claim of a job back that is still to wait, so that its place at the gate is free meanwhile', async () => {
    const job = await bench.register();
    const claim = await bench.claim(job.id);
    const place = [
      '{bulkwatch}:provider:' + claim.job.provider + ':inflight',
      `${job.id}:1`,
    ] as const;
    expect(await bench.raw.zscore(...place)).not.toBeNull();

    await bench.jobs.releaseClaim(claim, 5_000);
    expect(await bench.raw.zscore(...place)).toBeNull();
    const held = await claimOf(job.id);
    expect(held).toMatchObject({ kind: 'early' });
    expect((held as { remainingMs: number }).remainingMs).toBeLessThanOrEqual(5_000);
  });

  it('grants nothing while Redis cannot write', async () => {
    const job = await bench.register();
    await bench.raw.config('SET', 'maxmemory', '1');
    await expect(claimOf(job.id)).rejects.toMatchObject({ reason: 'store-unavailable' });
    await bench.raw.config('SET', 'maxmemory', '0');
    expect((await claimOf(job.id)).kind).toBe('claimed');
  });
});
