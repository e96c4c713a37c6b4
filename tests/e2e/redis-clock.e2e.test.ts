import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import { expectKept, expectNoPolls, shippedConf, track } from './tracked-exports.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(
    { BULKWATCH_LOCK_DURATION: '2s' },
    { redis: { conf: shippedConf, movableClock: true } },
  );
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);
});
afterAll(() => fleet.stop());

/** Exports that have been polled once and ask for more time than it takes to see that they are polled early. */
async function trackPatient(): Promise<string[]> {
  const ids = await track(fleet, 4, { polls: 1, retryAfterSeconds: 4 });
  await eventually(async () => {
    const waiting = await Promise.all(ids.map((id) => fleet.job(id)));
    expect(waiting.map(({ pollCount }) => pollCount)).toEqual([1, 1, 1, 1]);
  });
  return ids;
}

const jumpsTold = (): number => fleet.output().split("Redis's clock jumped ahead").length - 1;

it('polls nothing early when the clock of Redis jumps ahead by ten minutes, and then by a day', async () => {
  const ids = await trackPatient();
  await fleet.redis.moveClock(10 * minuteMs);
  await eventually(() => expect(jumpsTold()).toBeGreaterThan(0));
  const more = await trackPatient();
  await fleet.redis.moveClock(dayMs);

  await expectKept(fleet, [...ids, ...more]);
  expect(jumpsTold()).toBeGreaterThan(1);
});

it.each([10 * minuteMs, dayMs])(
  'polls nothing early when it goes back by %i ms and comes again',
  async (backMs) => {
    await fleet.redis.moveClock(dayMs);
    const ids = await trackPatient();
    await fleet.redis.moveClock(dayMs - backMs);
    await expectNoPolls(fleet, 4_000);
    await fleet.redis.moveClock(dayMs);

    await expectKept(fleet, ids);
  },
);
