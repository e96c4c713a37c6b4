import { connect } from 'node:net';
import {
  eventually,
  type Redis,
  type RedisOptions,
  startRedis,
  tellRedis,
} from '@bulkwatch/testkit';
import { afterEach, expect, it } from 'vitest';

let redis: Redis;
const start = async (options?: RedisOptions): Promise<Redis> => (redis = await startRedis(options));
afterEach(() => redis.stop());

/** Counts up as fast as Redis answers, until it does not any more. Resolves with the last number that was answered. */
async function countUp(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let last = 0;
  socket.on('data', (chunk) => {
    last = Number(/:(\d+)/.exec(String(chunk))?.[1]);
    socket.write('INCR count\r\n');
  });
  socket.write('INCR count\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  return last;
}

const countOf = async ({ port }: Redis): Promise<number> =>
  Number(/(\d+)\r\n$/.exec(await tellRedis(port, 'GET count'))?.[1]);

it('loses in a power cut nothing that was answered, and what was not', async () => {
  await start();
  let lost = 0;
  for (let cuts = 0; lost === 0 && cuts < 5; cuts += 1) {
    const counting = countUp(redis.port);
    lost = await redis.cutPower();
    const answered = await counting;
    await redis.restart();
    expect(answered).toBeGreaterThan(0);
    const kept = await countOf(redis);
    expect(kept).toBe(lost > 0 ? answered : Math.max(kept, answered));
  }
  expect(lost).toBeGreaterThan(0);
});

it('loses in a power cut what was answered before it was synced, where that is allowed', async () => {
  await start({ settings: { appendfsync: 'everysec' } });
  const counting = countUp(redis.port);
  await redis.cutPower({ unsyncedMs: 500, kept: 0.5 });
  const answered = await counting;
  await redis.restart();
  const kept = await countOf(redis);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(answered);
});

it('answers a write as late as the disk is slow, and then as before', async () => {
  await start();
  const heal = await redis.slowFsync(300);
  const startedMs = performance.now();
  await tellRedis(redis.port, 'INCR count');
  expect(performance.now() - startedMs).toBeGreaterThan(299);
  await heal();
  await heal();
  await tellRedis(redis.port, 'INCR count');
  expect(await countOf(redis)).toBe(2);
});

it('ends itself when the disk is full, as it is durable', async () => {
  await start();
  await tellRedis(redis.port, 'INCR count');
  const heal = await redis.fillDisk();
  await tellRedis(redis.port, 'INCR count').catch(() => undefined);
  await eventually(() => expect(tellRedis(redis.port, 'PING')).rejects.toThrow(/ECONNREFUSED/));
  await heal();
  await redis.restart();
  expect(await countOf(redis)).toBe(1);
});

it('refuses writes while the disk is full, where it is not that durable', async () => {
  await start({ settings: { appendfsync: 'everysec' } });
  const heal = await redis.fillDisk();
  const write = () => tellRedis(redis.port, 'INCR count');
  await eventually(() => expect(write()).rejects.toThrow(/MISCONF/));
  await heal();
  await eventually(write);
});

it('has the clock of its host jump', async () => {
  await start({ movableClock: true });
  const aheadMs = async (): Promise<number> => {
    const [, seconds] =
      /\$10\r\n(\d+)/.exec(
        await tellRedis(redis.port, 'EVAL "return redis.call(\'TIME\')[1]" 0'),
      ) ?? [];
    return Number(seconds) * 1_000 - Date.now();
  };
  for (const jumpMs of [0, 600_000, -86_400_000, 0]) {
    await redis.moveClock(jumpMs);
    expect(Math.abs((await aheadMs()) - jumpMs)).toBeLessThan(2_500);
  }
});
