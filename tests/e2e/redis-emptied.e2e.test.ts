import { setTimeout as pause } from 'node:timers/promises';
import { eventually, tellRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import { attempt, expectKept, shippedConf, track, untilPolled } from './tracked-exports.js';

let fleet: Fleet;
let worker: Awaited<ReturnType<Fleet['startWorker']>>;
beforeAll(async () => {
  fleet = await startFleet({ BULKWATCH_LOCK_DURATION: '2s' }, { redis: { conf: shippedConf } });
  worker = await fleet.startWorker();
});
afterAll(() => fleet.stop());

it('loads its scripts again after Redis has forgotten them and its statistics, in the middle of all work', async () => {
  const ids = await track(fleet, 10, { polls: 3 });
  const over = new AbortController();
  let times = 0;
  const forgetting = (async () => {
    for (; !over.signal.aborted; times += 1) {
      await tellRedis(fleet.redis.port, 'SCRIPT FLUSH');
      await tellRedis(fleet.redis.port, 'CONFIG RESETSTAT');
      await pause(50);
    }
  })();
  await expectKept(fleet, ids).finally(() => {
    over.abort();
    return forgetting;
  });

  expect(times).toBeGreaterThan(10);
});

it('makes every wake-up anew when all keys of the engine are deleted', async () => {
  const ids = await track(fleet, 10, { polls: 4 });
  await untilPolled(fleet, 10);
  await fleet.deleteKeys('{bulkwatch}:bull:*');
  await expectKept(fleet, ids);
});

it('survives that all data is deleted, without a crash loop, and takes new jobs', async () => {
  const [gone = ''] = await track(fleet, 5, { polls: 100 });
  await untilPolled(fleet, 5);
  const ended: unknown[] = [];
  for (const one of [fleet.api, worker]) void one.exited.then((exit) => ended.push(exit));
  await tellRedis(fleet.redis.port, 'FLUSHALL');

  await expect(fleet.job(gone)).rejects.toThrow('404');
  await eventually(async () => expect((await attempt(fleet)).kind).toBe('kept'), {
    timeoutMs: 20_000,
  });
  await untilPolled(fleet, 3);
  expect(ended).toEqual([]);
});
