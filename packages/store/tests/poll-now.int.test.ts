import { startFaultProxy } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../src/index.js';
import { keys } from '../src/keys.js';
import { scripts } from '../src/scripts.js';
import {
  type Bench,
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

const hour = 60 * 60 * 1000;
const pollNow = (jobId: string, force = false) => bench.jobs.pollNow(tenant, jobId, { force });
const claim: Bench['tryClaim'] = (...wakeUp) => bench.tryClaim(...wakeUp);
const read = (jobId: string) => bench.jobs.get(tenant, jobId);
let providers = 0;

/** A job of a provider of its own, that was polled and waits for an hour. */
async function waitingJob(overrides: Parameters<typeof pollAgain>[0] = {}) {
  providers += 1;
  const { id } = await bench.register(newJob({ provider: `https://ehr-${providers}.example` }));
  const decision = pollAgain({ delayMs: hour, ...overrides });
  await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
  return id;
}

describe('poll now', () => {
  it('makes a job due that waits of our own accord', async () => {
    const id = await waitingJob();
    expect((await pollNow(id)).kind).toBe('done');
    expect(Math.abs(((await read(id))?.dueAt ?? 0) - Date.now())).toBeLessThan(1_000);
    expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-2`)).toBe(1);
    expect(await claim(id, 1)).toEqual({ kind: 'dropped', why: 'superseded' });
    expect((await bench.claim(id, 2)).action).toBe('poll');
  });

  it('waits for what the provider asked for', async () => {
    const id = await waitingJob({ requestedDelayMs: hour / 2 });
    const result = await pollNow(id);
    expect(result).toMatchObject({ kind: 'refused', why: 'early' });
    const until = 'until' in result ? result.until : 0;
    expect(until).toBeGreaterThan(Date.now() + hour / 2 - 5_000);
    expect(until).toBeLessThanOrEqual(Date.now() + hour / 2);
    expect((await read(id))?.version).toBe(2);
  });

  it('waits for it by Redis’s clock, of which a worker that hears late has a notion that is behind', async () => {
    const proxy = await startFaultProxy(bench.redis.port);
    const far = await bench.open('worker', { redisUrl: `redis://127.0.0.1:${proxy.port}` });
    const { id } = await bench.register();
    proxy.delayMs = 600;
    const claimed = await far.jobs.claimPoll(
      { jobId: id, wake: 1 },
      { nonce: randomNonce(), dice: 0 },
    );
    if (claimed.kind !== 'claimed') throw new Error(`not claimed but ${claimed.kind}`);
    const decision = pollAgain({ delayMs: hour, requestedDelayMs: hour });
    await far.jobs.applyDecision(claimed.claim, decision, facts);
    await far.close();
    await proxy.close();

    const { dueAt = 0, retryAfterUntil } = (await read(id)) ?? {};
    expect(retryAfterUntil).toBe(dueAt);
    expect(await pollNow(id)).toMatchObject({ why: 'early', until: dueAt });
  });

  it('waits for what the kick-off asked for', async () => {
    const { id } = await bench.register(newJob({ firstDelayMs: hour }));
    expect(await pollNow(id)).toMatchObject({ why: 'early' });
  });

  it('waits for a pause that the provider asked of all its jobs', async () => {
    const id = await waitingJob();
    const provider = (await read(id))?.provider ?? '';
    await bench.raw.hset(`{bulkwatch}:provider:${provider}`, 'pausedUntil', Date.now() + hour);
    expect(await pollNow(id)).toMatchObject({ why: 'early' });
    await pollNow(id, true);
    expect((await bench.claim(id, 2)).action).toBe('poll');
  });

  it('waits for what was written ahead where the answer was lost', async () => {
    const { id } = await bench.register();
    const { claimedAt } = await bench.claim(id);
    const provider = (await read(id))?.provider ?? '';
    await bench.raw.del(`{bulkwatch}:provider:${provider}:inflight`);
    const result = await pollNow(id);
    expect(result).toMatchObject({ why: 'early' });
    expect('until' in result ? result.until : 0).toBeGreaterThan(claimedAt);
    expect((await pollNow(id, true)).kind).toBe('done');
    expect((await bench.claim(id, 2)).action).toBe('poll');
  });

  it('passes all of that once when forced', async () => {
    const id = await waitingJob({ requestedDelayMs: hour });
    await pollNow(id, true);
    const forced = await bench.claim(id, 2);
    const applied = await bench.jobs.applyDecision(forced, pollAgain({ delayMs: 0 }), facts);
    // The answer asked for nothing else, so the wait goes on.
    expect(applied.kind === 'again' && applied.delayMs).toBeGreaterThan(hour - 5_000);
    expect(await pollNow(id)).toMatchObject({ why: 'early' });
    expect(await bench.raw.hexists(`{bulkwatch}:job:${id}`, 'forced')).toBe(0);
  });

  it('takes the newer word of the provider after a forced poll', async () => {
    const id = await waitingJob({ requestedDelayMs: hour });
    await pollNow(id, true);
    const decision = pollAgain({ delayMs: 2_000, requestedDelayMs: 2_000 });
    expect(await bench.jobs.applyDecision(await bench.claim(id, 2), decision, facts)).toMatchObject(
      {
        kind: 'again',
        delayMs: 2_000,
      },
    );
  });

  it('makes nothing more due while a poll is in flight, forced or not', async () => {
    const id = await waitingJob({ delayMs: 0 });
    const inFlight = await bench.claim(id);
    for (const force of [false, true]) expect((await pollNow(id, force)).kind).toBe('done');
    const applied = await bench.jobs.applyDecision(inFlight, pollAgain({ delayMs: hour }), facts);
    expect(applied).toMatchObject({ kind: 'again', delayMs: hour });
    expect(await bench.raw.hexists(`{bulkwatch}:job:${id}`, 'forced')).toBe(0);
  });

  it('leaves a job in its place that is due already', async () => {
    const { id } = await bench.register();
    await pollNow(id);
    expect((await bench.claim(id, 1)).action).toBe('poll');
  });

  it('is done once, when the client sends it again', async () => {
    const id = await waitingJob();
    const provider = (await read(id))?.provider ?? '';
    const send = () =>
      scripts.pollNow(
        bench.raw,
        { job: keys.job(id), due: keys.due, provider: keys.provider(provider) },
        { jobId: id, nonce: 'n', forced: '1', floorMs: 0 },
      );
    expect(await send()).toEqual(['due', 2, 0]);
    await bench.claim(id, 2);
    expect((await send()).slice(0, 2)).toEqual(['due', '2']);
    expect(await bench.raw.hexists(`{bulkwatch}:job:${id}`, 'forced')).toBe(0);
  });

  it('is not for a paused job', async () => {
    const id = await waitingJob();
    await bench.jobs.pause(tenant, id, 'of ops');
    for (const force of [false, true])
      expect(await pollNow(id, force)).toEqual({ kind: 'refused', why: 'paused' });
  });

  it('leaves a job its turn at the gate, unless forced', async () => {
    const crowded = await bench.open('worker', {
      limits: { ...limits, gate: { concurrency: 1, perSecond: 1_000, burst: 1_000 } },
    });
    providers += 1;
    const provider = `https://ehr-${providers}.example`;
    const [first, second] = [
      await bench.register(newJob({ provider })),
      await bench.register(newJob({ provider })),
    ];
    const claimAtGate = async (jobId: string, wake = 1) =>
      crowded.jobs.claimPoll({ jobId, wake }, { nonce: randomNonce(), dice: 0 });
    const record = () => bench.raw.hgetall(`{bulkwatch}:job:${second.id}`);
    await claimAtGate(first.id);
    expect(await claimAtGate(second.id)).toMatchObject({ heldBy: 'concurrency' });
    await bench.raw.hset(`{bulkwatch}:job:${second.id}`, 'notBefore', Date.now() + hour);

    const before = await record();
    expect((await pollNow(second.id)).kind).toBe('done');
    expect(await record()).toEqual(before);
    expect((await pollNow(second.id, true)).kind).toBe('done');
    expect(await record()).toMatchObject({ forced: '1', turn: before['turn'] });

    // Held by a pause since, it would only look late whether that is over.
    await crowded.providers.pause(provider, 'of ops');
    expect(await claimAtGate(second.id, 2)).toMatchObject({ heldBy: 'provider-paused' });
    await crowded.providers.resume(provider);
    await pollNow(second.id);
    expect(await record()).toMatchObject({ wake: '3' });
    await crowded.close();
  });

  describe('within the floor', () => {
    const floorMs = 1_000;
    let floored: Store;
    beforeAll(async () => {
      floored = await bench.open('api', { limits: { ...limits, retryAfterFloorMs: floorMs } });
    });
    afterAll(() => floored.close());

    it.each([
      ['of the house', { force: false }, floorMs],
      ['of the house, forced', { force: true }, floorMs],
      ['of the preset', { force: false, presetFloorMs: () => 5_000 }, 5_000],
      [
        'of the house, forced past the preset',
        { force: true, presetFloorMs: () => 5_000 },
        floorMs,
      ],
    ])('makes a job due at its end: %s', async (_which, options, expectedMs) => {
      const id = await waitingJob();
      for (let times = 0; times < 3; times += 1) await floored.jobs.pollNow(tenant, id, options);
      const { dueAt = 0, lastPolledAt = 0 } = (await read(id)) ?? {};
      expect(dueAt).toBe(lastPolledAt + expectedMs);
      expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-2`)).toBe(1);
      const wake = Number(await bench.raw.hget(`{bulkwatch}:job:${id}`, 'wake'));
      expect(await claim(id, wake)).toMatchObject({ kind: 'early' });
    });

    it('is not held up by clocks that were ahead', async () => {
      const id = await waitingJob();
      await bench.raw.hset(`{bulkwatch}:job:${id}`, 'lastPolledAt', Date.now() + hour);
      await floored.jobs.pollNow(tenant, id, { force: false });
      expect((await read(id))?.dueAt).toBeLessThanOrEqual(Date.now() + floorMs);
    });

    it('leaves a job in its place that is due before its end', async () => {
      const id = await waitingJob({ delayMs: 500 });
      const before = await read(id);
      await floored.jobs.pollNow(tenant, id, { force: false });
      expect(await read(id)).toEqual(before);
    });
  });

  it('is for open jobs of the tenant', async () => {
    const { id } = await bench.register();
    const foreign = bench.jobs.pollNow('other', id, { force: true });
    expect(await foreign).toEqual({ kind: 'refused', why: 'not-found' });
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await pollNow(id)).toEqual({ kind: 'refused', why: 'already-settled' });
  });
});
