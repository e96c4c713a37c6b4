import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('takeRequest', () => {
  it('allows as many at once as the quota has, however many ask and from wherever', async () => {
    const other = await bench.open('api');
    const quota = { requests: 20, windowMs: 60_000 };

    const states = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        (n % 2 === 0 ? bench.store : other).takeRequest('a', quota),
      ),
    );
    await other.close();

    const allowed = states.filter((state) => state.allowed);
    expect(allowed).toHaveLength(20);
    expect(allowed.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
    for (const { retryAfterMs, remaining } of states.filter((state) => !state.allowed)) {
      expect(remaining).toBe(0);
      expect(retryAfterMs).toBeGreaterThan(2_000);
      expect(retryAfterMs).toBeLessThanOrEqual(3_000);
    }
  });

  it('counts each caller alone', async () => {
    const quota = { requests: 1, windowMs: 60_000 };
    expect((await bench.store.takeRequest('b', quota)).allowed).toBe(true);
    expect((await bench.store.takeRequest('b', quota)).allowed).toBe(false);
    expect((await bench.store.takeRequest('c', quota)).allowed).toBe(true);
  });

  it('fills again evenly, and forgets a caller who has all of it again', async () => {
    const quota = { requests: 5, windowMs: 1_000 };
    const take = () => bench.store.takeRequest('d', quota);
    while ((await take()).allowed);

    const { retryAfterMs, fullInMs } = await take();
    expect(retryAfterMs).toBeLessThanOrEqual(200);
    expect(fullInMs).toBeGreaterThan(600);
    await eventually(async () => expect((await take()).allowed).toBe(true));
    await eventually(async () => expect(await bench.raw.keys('*:quota:*')).toHaveLength(3));
  });

  it('takes quotas of any size', async () => {
    const huge = { requests: 10_000_000, windowMs: 60_000 };
    expect(await bench.store.takeRequest('e', huge)).toMatchObject({
      allowed: true,
      remaining: 9_999_999,
      fullInMs: 1,
    });
  });

  it('gives no more than the quota where the window is not divided by it', async () => {
    const odd = { requests: 7_000, windowMs: 1_000 };
    expect(await bench.store.takeRequest('g', odd)).toMatchObject({ remaining: 6_999 });
  });

  it('lets pass while Redis cannot write, so that reading goes on', async () => {
    await bench.raw.config('SET', 'maxmemory', '1');
    try {
      const quota = { requests: 1, windowMs: 60_000 };
      for (let n = 0; n < 3; n += 1)
        expect((await bench.store.takeRequest('f', quota)).allowed).toBe(true);
    } finally {
      await bench.raw.config('SET', 'maxmemory', '0');
    }
  });
});
