import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const take = (duty: string, holder: string, leaseMs = 60_000) =>
  bench.store.duties.take(duty, holder, leaseMs);

it('a duty is of one holder at a time, who keeps it by asking again', async () => {
  expect(await take('one', 'a')).toEqual({ isMine: true, forMs: 60_000 });
  const { isMine, forMs } = await take('one', 'b');
  expect(isMine).toBe(false);
  expect(forMs).toBeGreaterThan(50_000);

  expect(await take('one', 'a', 90_000)).toEqual({ isMine: true, forMs: 90_000 });
  expect((await take('one', 'b')).forMs).toBeGreaterThan(80_000);
  expect((await take('another', 'b')).isMine).toBe(true);
});

it('ten that ask at once elect one', async () => {
  const holders = Array.from({ length: 10 }, (_, n) => `h${n}`);
  const answers = await Promise.all(holders.map((holder) => take('at-once', holder)));

  expect(answers.filter(({ isMine }) => isMine)).toHaveLength(1);
});

it('a holder who dies is followed once its time is up, and does not get it back', async () => {
  await take('dies', 'a', 300);
  expect((await take('dies', 'b')).isMine).toBe(false);

  await eventually(async () => expect((await take('dies', 'b')).isMine).toBe(true));
  expect((await take('dies', 'a')).isMine).toBe(false);
});

it('a duty that is given up is free at once, and only its holder can give it up', async () => {
  await take('left', 'a');
  await bench.store.duties.leave('left', 'b');
  expect((await take('left', 'b')).isMine).toBe(false);

  await bench.store.duties.leave('left', 'a');
  expect((await take('left', 'b')).isMine).toBe(true);
});

it('a holder keeps it while Redis is full', async () => {
  await take('full', 'a', 5_000);
  await bench.raw.config('SET', 'maxmemory', '1');
  const kept = await take('full', 'a');
  await bench.raw.config('SET', 'maxmemory', '0');

  expect(kept).toEqual({ isMine: true, forMs: 60_000 });
});
