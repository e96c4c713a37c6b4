import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

/**
 * The promises under fire: exports over a scripted provider that keeps its own record of request times, three
 * workers of which one has its clock minutes ahead, killed and paused all the while, and Redis killed once.
 */
const exportCount = 200;
const troubleMs = 30_000;
const seed = Number(process.env['FUZZ_SEED']);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ BULKWATCH_LOCK_DURATION: '2s' });
});
afterAll(() => fleet?.stop());

it(`loses nothing, polls nothing early and publishes once, whatever is killed (seed ${seed})`, async () => {
  const dice = diceFrom(seed);
  const workers = await Promise.all([
    fleet.startWorker(),
    fleet.startWorker(),
    fleet.startWorker({ clockAheadMs: 4 * 60_000 }),
  ]);
  const ids = await registerAll(dice);

  await makeTrouble(workers, dice);
  await eventually(
    async () => {
      const open = (await fleet.jobs()).filter(({ settledAt }) => settledAt === null);
      expect(open.map(({ id, reason, dueAt }) => ({ id, reason, dueAt }))).toEqual([]);
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );

  const jobs = await fleet.jobs();
  expect(jobs).toHaveLength(exportCount);
  expect(jobs.filter(({ state }) => state !== 'completed')).toEqual([]);
  const completed = (await fleet.events()).filter(
    ({ type }) => type === 'bulkwatch.export.completed',
  );
  expect(completed.map(({ subject }) => subject).toSorted()).toEqual([...ids].toSorted());
  expect(new Set(completed.map(({ id }) => id)).size).toBe(exportCount);
  expect(fleet.simulator.record.forgotten).toBe(0);
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
});

/**
 * Answers take their time, so that every fault meets some in flight. A quarter of the exports ask for a wait
 * that is longer than it takes others to take over from a dead worker: what saves these from an early poll is
 * only what was written ahead.
 */
async function registerAll(dice: () => number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < exportCount; n += 1) {
    const patient = n % 4 === 0;
    const retryAfterSeconds = patient ? 15 : 1 + Math.floor(dice() * 4);
    const polls = patient ? 2 : 3 + Math.floor(dice() * 6);
    const { statusUrl } = fleet.simulator.createExport({
      steps: [
        ...Array.from({ length: polls }, (_, poll) => ({
          answer: 'in-progress' as const,
          retryAfterSeconds,
          progress: `${Math.floor((poll * 100) / polls)}%`,
          delayMs: Math.floor(dice() * 600),
        })),
        { answer: 'complete' },
      ],
    });
    const body = { statusUrl, credential: 'oracle', reference: `export ${n}` };
    ids.push(
      (await fleet.register(patient ? { ...body, retryAfter: retryAfterSeconds } : body)).id,
    );
  }
  return ids;
}

/** Kills, pauses and restarts workers, and Redis once in the middle. Everything is well again at the end. */
async function makeTrouble(workers: RunningProcess[], dice: () => number): Promise<void> {
  const until = performance.now() + troubleMs;
  let redisKilled = false;
  while (performance.now() < until) {
    await pause(300 + dice() * 1_500);
    const index = Math.floor(dice() * workers.length);
    const victim = workers[index];
    if (!victim) throw new Error('the dice fell off the table');
    if (!redisKilled && performance.now() > until - troubleMs / 2) {
      redisKilled = true;
      await fleet.redis.kill();
      await pause(1_500);
      await fleet.redis.restart();
      continue;
    }
    const fate = dice();
    // Frozen first: answers arrive, and die with the worker before it could record them.
    if (fate < 0.7) victim.pause();
    if (fate < 0.4) await pause(700);
    else if (fate < 0.7) await pause(1_000 + dice() * 6_000);
    if (fate >= 0.4 && fate < 0.7) {
      victim.resume();
      continue;
    }
    await victim.kill();
    workers[index] = await fleet.startWorker(index === 2 ? { clockAheadMs: 4 * 60_000 } : {});
  }
}

/** A small generator of repeatable numbers in [0, 1): mulberry32. */
function diceFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
