import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, facts, openBench, pollAgain, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const hour = 60 * 60 * 1000;
const pause = (jobId: string) => bench.jobs.pause(tenant, jobId, 'of ops');
const resume = (jobId: string) => bench.jobs.resume(tenant, jobId);
const claim: Bench['tryClaim'] = (...wakeUp) => bench.tryClaim(...wakeUp);
const read = (jobId: string) => bench.jobs.get(tenant, jobId);

/** Puts instants of a job into the past. */
async function letTimePass(jobId: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) await bench.raw.hset(`{bulkwatch}:job:${jobId}`, name, Date.now() - 1);
}

/** A paused job whose wake-up has come, so that it is held. */
async function heldJob() {
  const { id } = await bench.register();
  await bench.jobs.amend(tenant, id, { deadlineAt: Date.now() + hour });
  await pause(id);
  expect(await claim(id)).toMatchObject({ kind: 'early', heldBy: 'paused' });
  return id;
}

describe('pause', () => {
  it('keeps a job from being polled, and says by whom', async () => {
    const { id } = await bench.register();
    expect(await pause(id)).toMatchObject({ kind: 'done', job: { version: 2 } });
    expect(await claim(id)).toMatchObject({ kind: 'early', heldBy: 'paused' });
    expect((await read(id))?.pausedBy).toBe('of ops');
    expect((await bench.jobs.list(tenant, { health: 'paused' }, page)).jobs[0]?.id).toBe(id);
  });

  it('changes nothing the second time', async () => {
    const { id } = await bench.register();
    await pause(id);
    const first = await read(id);
    await bench.jobs.pause(tenant, id, 'somebody else');
    expect(await read(id)).toEqual(first);
    expect((await read(id))?.pausedBy).toBe('of ops');
  });

  it('lets the answer of a poll in flight be applied', async () => {
    const { id } = await bench.register();
    const inFlight = await bench.claim(id);
    await pause(id);
    const decision = pollAgain({ delayMs: 0, progress: 'half' });
    expect((await bench.jobs.applyDecision(inFlight, decision, facts)).kind).toBe('again');
    expect((await read(id))?.progress).toBe('half');
    expect((await claim(id)).kind).toBe('early');
  });

  it('lets a job be cancelled at its provider', async () => {
    const id = await heldJob();
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: true });
    expect(await read(id)).not.toHaveProperty('heldBy');
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });

  it('keeps no delete request back when the job is amended', async () => {
    const id = await heldJob();
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: true });
    const before = await read(id);
    await bench.raw.hset(`{bulkwatch}:job:${id}`, 'heldBy', 'paused');
    await bench.jobs.amend(tenant, id, { labels: { study: 'a' }, deadlineAt: Date.now() + hour });
    expect((await read(id))?.dueAt).toBe(before?.dueAt);
    expect((await bench.claim(id, 2)).action).toBe('delete');
  });

  it('leaves nothing behind on a job that is cancelled', async () => {
    const id = await heldJob();
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
    expect(await read(id)).not.toHaveProperty('pausedAt');
    const told = (await bench.events()).findLast(({ subject }) => subject === id);
    expect(told?.data.job).toMatchObject({ state: 'cancelled', health: 'ok', heldBy: null });
  });

  it('does not outlast the deadline', async () => {
    const id = await heldJob();
    await letTimePass(id, 'deadlineAt', 'notBefore');
    expect((await bench.claim(id)).action).toBe('abandon');
  });

  it.each([
    ['later', 2 * hour],
    ['earlier', hour / 2],
  ])('follows a deadline that becomes %s', async (_when, inMs) => {
    const id = await heldJob();
    const deadlineAt = Date.now() + inMs;
    await bench.jobs.amend(tenant, id, { deadlineAt });
    expect(await read(id)).toMatchObject({ dueAt: deadlineAt, heldBy: 'paused' });
    expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-2`)).toBe(1);
    expect(await claim(id, 2)).toMatchObject({ kind: 'early' });
  });

  it('is held past the deadline that it had', async () => {
    const id = await heldJob();
    await bench.jobs.amend(tenant, id, { deadlineAt: Date.now() + 2 * hour });
    await letTimePass(id, 'notBefore');
    expect(await claim(id, 2)).toMatchObject({ kind: 'early', heldBy: 'paused' });
  });
});

describe('resume', () => {
  it('makes due at once what came due meanwhile, under a new wake-up', async () => {
    const id = await heldJob();
    expect(await resume(id)).toMatchObject({ kind: 'done' });
    const job = await read(id);
    expect(job).not.toHaveProperty('pausedAt');
    expect(job).not.toHaveProperty('heldBy');
    expect(Math.abs((job?.dueAt ?? 0) - Date.now())).toBeLessThan(1_000);
    expect(await bench.raw.exists(`{bulkwatch}:bull:polls:${id}-2`)).toBe(1);
    expect(await claim(id, 1)).toEqual({ kind: 'dropped', why: 'superseded' });
    expect((await bench.claim(id, 2)).action).toBe('poll');
  });

  it('leaves a wait that is not over as it was', async () => {
    const { id } = await bench.register();
    await bench.jobs.applyDecision(
      await bench.claim(id),
      pollAgain({ delayMs: hour, requestedDelayMs: hour }),
      facts,
    );
    const before = await read(id);
    await pause(id);
    await resume(id);
    expect(await read(id)).toEqual({ ...before, version: (before?.version ?? 0) + 2 });
    expect(await claim(id)).toMatchObject({ kind: 'early' });
  });

  it('changes nothing the second time, nor where there was no pause', async () => {
    const id = await heldJob();
    await resume(id);
    const first = await read(id);
    expect((await resume(id)).kind).toBe('done');
    expect(await read(id)).toEqual(first);
  });
});

it.each(['pause', 'resume'] as const)('%s is for open jobs of the tenant', async (action) => {
  const { id } = await bench.register();
  const act = (who: string) => bench.jobs[action](who, id, 'of ops');
  expect(await act('other')).toEqual({ kind: 'refused', why: 'not-found' });
  await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
  expect(await act(tenant)).toEqual({ kind: 'refused', why: 'already-settled' });
});

const page = { cursor: undefined, limit: 5 };
