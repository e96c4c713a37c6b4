import { tellRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import {
  expectAllCompleted,
  expectKept,
  expectNoPolls,
  expectRefused,
  registerOn,
  shippedConf,
  track,
  untilPolled,
} from './tracked-exports.js';

let fleet: Fleet;
const setUp = (settings: Record<string, string>) => async () => {
  fleet = await startFleet(
    { BULKWATCH_LOCK_DURATION: '2s' },
    { redis: { conf: shippedConf, settings } },
  );
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);
};

/** Nothing is polled and nothing accepted; and all goes on by itself after `heal`. */
async function expectStandstill(heal: () => Promise<unknown>): Promise<void> {
  await expectNoPolls(fleet, 2_000);
  await expectRefused(fleet);
  await heal();
  await untilPolled(fleet, 5);
}

const setMemory = (value: string): Promise<unknown> =>
  tellRedis(fleet.redis.port, `CONFIG SET maxmemory ${value}`);

describe('the data of Redis as we ship it', () => {
  beforeAll(setUp({}));
  afterAll(() => fleet.stop());

  it('is all there after its server was killed and its power cut, and nothing is polled early or told twice', async () => {
    const ids = await track(fleet, 15, { polls: 7 });
    const registering = registerOn(fleet);
    await registering.untilMore(3);
    await fleet.redis.kill();
    await fleet.redis.restart();
    for (const kept of [0, 0.5, 1]) {
      await registering.untilMore(3);
      await fleet.redis.cutPower({ kept });
      await fleet.redis.restart();
    }
    await registering.untilMore(3);

    const accepted = await registering.end();
    await expectKept(fleet, [...ids, ...accepted]);
  });

  it('is written late to a slow disk, and polls come late at worst', async () => {
    const heal = await fleet.redis.slowFsync(100);
    const ids = await track(fleet, 5, { polls: 2 });
    await untilPolled(fleet, 5);
    await heal();
    await expectKept(fleet, ids);
  });

  it('stops all polls while the disk is full, and they go on with a Redis that can write', async () => {
    const ids = await track(fleet, 5, { polls: 5 });
    await untilPolled(fleet, 5);
    const heal = await fleet.redis.fillDisk();

    await expectStandstill(async () => {
      await heal();
      await fleet.redis.restart();
    });
    await expectKept(fleet, ids);
  });

  it('stops all polls while the memory is full, and they go on when it is not', async () => {
    const ids = await track(fleet, 5, { polls: 5 });
    await untilPolled(fleet, 5);
    await setMemory('1mb');

    await expectStandstill(() => setMemory('0'));
    await expectKept(fleet, ids);
  });
});

describe('the data of a Redis that is synced each second', () => {
  beforeAll(setUp({ appendfsync: 'everysec' }));
  afterAll(() => fleet.stop());

  it('stops all polls while the disk is full, and they go on when it is not', async () => {
    const ids = await track(fleet, 5, { polls: 5 });
    await untilPolled(fleet, 5);

    await expectStandstill(await fleet.redis.fillDisk());
    await expectKept(fleet, ids);
  });

  it('is whole after a power cut, but for what was written in the last second', async () => {
    const ids = await track(fleet, 15, { polls: 6 });
    // Until all of that has been synced.
    await untilPolled(fleet, 30);
    const registering = registerOn(fleet);
    await registering.untilMore(1);
    await fleet.redis.cutPower({ unsyncedMs: 1_500 });
    const accepted = await registering.end();
    await fleet.redis.restart();

    await expectAllCompleted(fleet, ids);
    const kept = (await fleet.jobs()).filter(({ id }) => accepted.includes(id));
    expect(kept.length).toBeLessThan(accepted.length);
  });
});
