import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually, freePort, type Redis, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const fleetGauges = ['bulkwatch_jobs{', 'bulkwatch_overdue_jobs ', 'bulkwatch_collector_up '];

interface RunningWorker {
  readonly child: Awaited<ReturnType<typeof startProcess>>;
  scrape(): Promise<string>;
}

let redis: Redis;
let raw: RedisClient;
const workers: RunningWorker[] = [];
beforeAll(async () => {
  redis = await startRedis();
  raw = new RedisClient(redis.url);
  raw.on('error', () => undefined);
  for (let n = 0; n < 3; n += 1) workers.push(await startWorker());
});
afterAll(async () => {
  await Promise.all(workers.map(({ child }) => child.kill()));
  raw.disconnect();
  await redis.stop();
});

async function startWorker(): Promise<RunningWorker> {
  const port = await freePort();
  const child = await startProcess({
    command: process.execPath,
    args: [main],
    env: {
      PATH: process.env['PATH'] ?? '',
      BULKWATCH_REDIS_URL: redis.url,
      BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
      BULKWATCH_WORKER_OPS_PORT: String(port),
    },
    readyWhen: /worker running/,
  });
  return {
    child,
    scrape: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
  };
}

const tellsFleet = (text: string): boolean => {
  const told = fleetGauges.filter((series) => text.includes(`\n${series}`));
  // All of them or none.
  expect([0, fleetGauges.length]).toContain(told.length);
  return told.length > 0;
};

/** Those of some workers that tell the figures of the fleet now. */
async function elected(among: readonly RunningWorker[] = workers): Promise<RunningWorker[]> {
  const texts = await Promise.all(among.map(({ scrape }) => scrape()));
  return among.filter((_, place) => tellsFleet(texts[place] ?? ''));
}

async function theElected(among: readonly RunningWorker[] = workers): Promise<RunningWorker> {
  const [one, ...more] = await elected(among);
  if (!one || more.length > 0) throw new Error(`${more.length + (one ? 1 : 0)} are elected`);
  return one;
}

/** How often Redis carried out what the figures of the fleet are read with, while something was done. */
async function readsOf(run: () => Promise<unknown>): Promise<number> {
  await raw.config('RESETSTAT');
  await run();
  const stats = await raw.info('commandstats');
  return Number(/^cmdstat_scard:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

describe('three workers', () => {
  it('have one that tells the figures of the fleet, whose metrics pass promtool', async () => {
    const one = await theElected();
    for (const { scrape } of workers) {
      const input = await scrape();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input,
        encoding: 'utf8',
      });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
      expect(input).toContain('\nbulkwatch_redis_up 1\n');
    }
    const text = await one.scrape();
    expect(text).toContain('bulkwatch_collector_changes_total 1');
    expect(text).toContain('bulkwatch_jobs_by_health{health="paused"} 0');
    expect(text).toContain('bulkwatch_queue_entries{queue="wake-ups",state="delayed"} 0');
    expect(text).toContain('bulkwatch_provider_open_jobs{provider="other"} 0');
    expect(text).toMatch(/bulkwatch_redis_memory_headroom_ratio 0\.\d+/);
  });

  it('read the figures as often as one would', async () => {
    const one = await theElected();
    const ofOne = await readsOf(async () => {
      await pastFreshness();
      await one.scrape();
    });
    const ofAll = await readsOf(async () => {
      await pastFreshness();
      for (let n = 0; n < 5; n += 1) await Promise.all(workers.map(({ scrape }) => scrape()));
    });

    expect(ofOne).toBeGreaterThan(0);
    expect(ofAll).toBe(ofOne);
  });

  it('tell no figures while Redis is away, and that it is', async () => {
    await theElected();
    redis.pause();
    try {
      await pastFreshness();
      const texts = await Promise.all(workers.map(({ scrape }) => scrape()));
      expect(texts.filter(tellsFleet)).toEqual([]);
      for (const text of texts) {
        expect(text).toContain('\nbulkwatch_redis_up 0\n');
        expect(text).not.toMatch(/^bulkwatch_redis_(round_trip|clock_skew)_seconds /m);
      }
      // However long that lasts, and whatever waits for it.
      const again = await Promise.all(workers.map(({ scrape }) => scrape()));
      for (const text of again) expect(text).toContain('\nbulkwatch_redis_up 0\n');
    } finally {
      redis.resume();
    }
    await eventually(() => theElected());
  });

  it('elect another one within about ten seconds when one is paused or killed, and at once when it stops', async () => {
    const first = await theElected();
    const others = workers.filter((worker) => worker !== first);
    first.child.pause();
    const second = await successor(others);
    first.child.resume();
    // It wakes with figures that it told before, and has lost its office meanwhile.
    expect(tellsFleet(await first.scrape())).toBe(false);
    expect(tellsFleet(await first.scrape())).toBe(false);

    const left = workers.filter((worker) => worker !== second);
    const stopping = second.child.stop();
    await eventually(() => theElected(left), { timeoutMs: 1_500 });
    expect((await stopping).code).toBe(0);

    const third = await theElected(left);
    await third.child.kill();
    await successor(left.filter((worker) => worker !== third));
  });
});

/** What was read is told again for two seconds. */
const pastFreshness = () => new Promise((resolve) => setTimeout(resolve, 2_050));

async function successor(among: readonly RunningWorker[]): Promise<RunningWorker> {
  const from = performance.now();
  const one = await eventually(() => theElected(among), { timeoutMs: 15_000, everyMs: 250 });
  expect(performance.now() - from).toBeLessThan(11_000);
  return one;
}
