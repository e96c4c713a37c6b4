import { setTimeout as pause } from 'node:timers/promises';
import { entryId, wakeUpQueue } from '@bulkwatch/store';
import { eventually, type Redis, startRedis } from '@bulkwatch/testkit';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type EngineOptions } from '../src/bullmq-adapter.js';

let redis: Redis;
let queue: Queue;
const engines: Engine[] = [];

beforeEach(async () => {
  redis = await startRedis();
  queue = new Queue(wakeUpQueue.name, {
    prefix: wakeUpQueue.prefix,
    connection: { url: redis.url, maxRetriesPerRequest: null },
  });
  queue.on('error', () => undefined);
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop(2_000)));
  await queue.close();
  await redis.stop();
});

const add = (jobId: string, delay = 0) =>
  queue.add('poll', { jobId, wake: 1 }, { jobId: entryId({ jobId, wake: 1 }), delay });

async function setMaxMemory(bytes: string): Promise<void> {
  const client: unknown = await queue.getBackend().client;
  await (client as { config(...words: string[]): Promise<unknown> }).config(
    'SET',
    'maxmemory',
    bytes,
  );
}

function startEngine(overrides: Partial<EngineOptions> & Pick<EngineOptions, 'onWakeUp'>): Engine {
  const engine = createEngine({
    redisUrl: redis.url,
    concurrency: 5,
    lockDurationMs: 2_000,
    onProblem: () => undefined,
    ...overrides,
  });
  engines.push(engine);
  engine.start();
  return engine;
}

describe('the engine', () => {
  it('re-delays the same entry again and again, never before its time, until it is done', async () => {
    const at: number[] = [];
    startEngine({
      async onWakeUp() {
        at.push(performance.now());
        return at.length < 5 ? { kind: 'again', delayMs: 200 } : { kind: 'done' };
      },
    });
    await add('a');
    await eventually(() => expect(at).toHaveLength(5));
    const gaps = at.slice(1).map((instant, index) => instant - (at[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(199);
    expect(Math.min(...gaps)).toBeLessThan(600);
    await eventually(async () => expect(await queue.getJob('a-1')).toBeUndefined());
    expect(await queue.getJobCounts()).toMatchObject({ failed: 0, completed: 0, delayed: 0 });
  });

  it('fetches the next entry with the re-delay, so that a backlog drains without waiting', async () => {
    const seen = new Set<string>();
    await Promise.all(Array.from({ length: 100 }, (_, n) => add(`job${n}`)));
    startEngine({
      concurrency: 1,
      async onWakeUp({ jobId }) {
        seen.add(jobId);
        return { kind: 'again', delayMs: 60_000 };
      },
    });
    await eventually(() => expect(seen.size).toBe(100), { timeoutMs: 3_000 });
    await eventually(async () => expect(await queue.getDelayedCount()).toBe(100));
  });

  it('re-delays an entry whose wake-up ended in an error; nothing ends in failed', async () => {
    const problems: unknown[] = [];
    startEngine({
      onWakeUp: () => Promise.reject(new Error('store trouble')),
      onProblem: (_what, error) => problems.push(error),
    });
    await add('a');
    await eventually(async () => expect(await queue.getJobState('a-1')).toBe('delayed'));
    expect(String(problems[0])).toContain('store trouble');
    expect(await queue.getFailedCount()).toBe(0);
  });

  it('takes an entry over from a worker that died, without counting it towards an end', async () => {
    const client = await queue.getBackend().client;
    await add('a');
    const dead = createEngine({
      redisUrl: redis.url,
      concurrency: 1,
      lockDurationMs: 1_000,
      onWakeUp: () => new Promise(() => undefined),
      onProblem: () => undefined,
    });
    dead.start();
    await eventually(async () => expect(await queue.getJobState('a-1')).toBe('active'));
    await client.hset(queue.toKey('a-1'), { stc: 7 });
    await dead.stop(10);
    await client.del(`${queue.toKey('a-1')}:lock`);

    let woken = 0;
    startEngine({
      lockDurationMs: 1_000,
      async onWakeUp() {
        woken += 1;
        return { kind: 'again', delayMs: 60_000 };
      },
    });
    await eventually(() => expect(woken).toBe(1), { timeoutMs: 20_000 });
    await eventually(async () => expect(await client.hget(queue.toKey('a-1'), 'stc')).toBe('0'));
  });

  it('wakes what yields after all else that is due, and again before it once it yields no more', async () => {
    const woken: string[] = [];
    let crowd = 'a';
    const onWakeUp: EngineOptions['onWakeUp'] = async ({ jobId }) => {
      woken.push(jobId);
      return { kind: 'again', delayMs: 500, ...(jobId.startsWith(crowd) ? { yields: true } : {}) };
    };
    const round = async () => {
      woken.length = 0;
      const engine = startEngine({ concurrency: 1, onWakeUp });
      await eventually(() => expect(woken).toHaveLength(4));
      await engine.stop(2_000);
      await pause(600);
      return woken.map((jobId) => jobId[0]).join('');
    };
    for (const jobId of ['a1', 'a2', 'b1', 'b2']) await add(jobId);

    expect(await round()).toBe('aabb');
    crowd = 'b';
    expect(await round()).toBe('bbaa');
    expect(await round()).toBe('aabb');
  });

  it('goes on by itself after an outage of Redis that outlasts every blocking read', async () => {
    let woken = 0;
    startEngine({
      async onWakeUp() {
        woken += 1;
        return { kind: 'again', delayMs: 300 };
      },
    });
    await add('a');
    await eventually(() => expect(woken).toBeGreaterThan(0));
    await redis.kill();
    await pause(12_000);
    await redis.restart();
    const before = woken;
    await eventually(() => expect(woken).toBeGreaterThan(before + 1), { timeoutMs: 10_000 });
  });

  it('asks again and again where nothing is there, and its pulse tells of it', async () => {
    const { pulse } = startEngine({ onWakeUp: () => new Promise(() => undefined) });
    await eventually(() => expect(pulse.answeredAtMs).toBeGreaterThan(0));
    const first = pulse.answeredAtMs;
    expect([pulse.fetchedAtMs, pulse.inHandCount(60_000)]).toEqual([-Infinity, 0]);
    await eventually(() => expect(pulse.answeredAtMs).toBeGreaterThan(first), {
      timeoutMs: 11_000,
    });

    await add('a');
    await eventually(() => expect(pulse.inHandCount(60_000)).toBe(1));
    expect(pulse.fetchedAtMs).toBeGreaterThan(first);
  });

  it('stops in time while a wake-up hangs, and when Redis is gone', async () => {
    const hanging = startEngine({ onWakeUp: () => new Promise(() => undefined) });
    await add('a');
    await eventually(async () => expect(await queue.getJobState('a-1')).toBe('active'));
    await redis.kill();
    const from = performance.now();
    await hanging.stop(500);
    expect(performance.now() - from).toBeLessThan(2_500);
    await redis.restart();
  });

  it('rests instead of spinning while Redis is full', async () => {
    let errors = 0;
    await add('a', 200);
    await setMaxMemory('1');
    startEngine({
      onWakeUp: async () => ({ kind: 'again', delayMs: 100 }),
      onProblem: () => {
        errors += 1;
      },
    });
    await pause(3_000);
    expect(errors).toBeLessThan(200);
    await setMaxMemory('0');
    await eventually(async () => expect(await queue.getJobState('a-1')).toBe('delayed'), {
      timeoutMs: 10_000,
    });
  });
});
