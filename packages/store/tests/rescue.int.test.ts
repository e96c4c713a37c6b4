import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, facts, newJob, openBench, pollAgain } from './store-bench.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const graceMs = 100;
const bullKeys = async () => bench.raw.keys('{bulkwatch}:bull:*');
const entryExists = (jobId: string, wake: number) =>
  bench.raw.exists(`{bulkwatch}:bull:polls:${jobId}-${wake}`);

describe('rescueOverdue', () => {
  it("rebuilds every wake-up after all of the engine's keys were deleted", async () => {
    const registered = await Promise.all(Array.from({ length: 150 }, () => bench.register()));
    await bench.raw.del(...(await bullKeys()));
    await pause(graceMs + 50);

    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(150);
    for (const { id } of registered) expect(await entryExists(id, 2)).toBe(1);
    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(0);
  });

  it('finds a job by what its last poll has said, too', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    await bench.jobs.applyDecision(claim, pollAgain({ delayMs: 1 }), facts);
    await bench.raw.del(...(await bullKeys()));
    await pause(graceMs + 50);

    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(1);
    expect(await entryExists(id, 2)).toBe(1);
  });

  it('makes the wake-up that a crash between register and queue lost; the old one is dropped', async () => {
    const { id } = await bench.register();
    await bench.raw.del(...(await bullKeys()));
    await pause(graceMs + 50);
    await bench.jobs.rescueOverdue(graceMs);

    const old = await bench.jobs.claimPoll({ jobId: id, wake: 1 }, { nonce: 'n', dice: 0 });
    expect(old).toEqual({ kind: 'dropped', why: 'superseded' });
    expect((await bench.claim(id, 2)).epoch).toBe(1);
  });

  it('leaves jobs alone that wait their turn, are not yet due, or are in flight', async () => {
    const waiting = await bench.register();
    const inFlight = await bench.register();
    await bench.claim(inFlight.id);
    await bench.raw.del(`{bulkwatch}:bull:polls:${inFlight.id}-1`);
    await pause(graceMs + 50);

    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(0);
    expect(await entryExists(waiting.id, 1)).toBe(1);
  });

  it('rescues a job whose entry was delayed beyond its time by a fast clock', async () => {
    const { id } = await bench.register();
    const delayed = '{bulkwatch}:bull:polls:delayed';
    await bench.raw.lrem('{bulkwatch}:bull:polls:wait', 0, `${id}-1`);
    await bench.raw.zadd(delayed, String((Date.now() + 600_000) * 4096), `${id}-1`);
    await pause(graceMs + 50);
    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(1);
  });

  it('rescues a job whose entry was delayed while the clock of Redis was behind', async () => {
    const moved = await openBench({}, { movableClock: true });
    await moved.register(newJob({ firstDelayMs: 600_000 }));
    await moved.redis.moveClock(86_400_000);

    expect(await moved.jobs.rescueOverdue(graceMs)).toBe(1);
    await moved.close();
  });

  it('forgets what has no record', async () => {
    await bench.raw.zadd('{bulkwatch}:due', 1, 'ghost');
    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(0);
    expect(await bench.raw.zscore('{bulkwatch}:due', 'ghost')).toBeNull();
  });

  it('rescues a job whose record lacks what has a default, and in spite of one that is damaged', async () => {
    const damaged = await bench.register();
    const old = await bench.register();
    await bench.raw.hset(`{bulkwatch}:job:${damaged.id}`, 'notBefore', 'rubbish');
    await bench.raw.hdel(`{bulkwatch}:job:${old.id}`, 'notBefore', 'wake', 'epoch', 'dueAt');
    await bench.raw.del(...(await bullKeys()));
    await pause(graceMs + 50);

    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(1);
    expect(bench.problems).toContain('rescue of one job');
    expect((await bench.claim(old.id)).epoch).toBe(1);
  });

  it('finds the lost among thousands that wait their turn without holding up Redis', async () => {
    await Promise.all(Array.from({ length: 6_000 }, () => bench.register()));
    // Of one provider: the first thousand wait before all that come after them.
    expect(await bench.raw.llen('{bulkwatch}:bull:polls:wait')).toBe(1_000);
    const { id } = await bench.register();
    expect(await bench.raw.zrem('{bulkwatch}:bull:polls:prioritized', `${id}-1`)).toBe(1);
    await pause(graceMs + 50);
    await bench.raw.config('RESETSTAT');

    expect(await bench.jobs.rescueOverdue(graceMs)).toBe(1);
    expect(await entryExists(id, 2)).toBe(1);
    const usages = [...(await bench.raw.info('commandstats')).matchAll(/usec=(\d+)/g)];
    const usedMs = usages.reduce((sum, [, usec]) => sum + Number(usec) / 1000, 0);
    expect(usedMs).toBeLessThan(1_000);
  }, 60_000);
});
