import { oracleExport } from '@bulkwatch/simulator';
import { eventually, type FaultProxy, startFaultProxy, tellRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import {
  attempt,
  expectKept,
  expectNoPolls,
  expectRefused,
  shippedConf,
  track,
  untilPolled,
} from './tracked-exports.js';

let fleet: Fleet;
/** The ways of the api and of two workers to Redis. */
let api: FaultProxy;
let workers: [FaultProxy, FaultProxy];
const everybody = (): FaultProxy[] => [api, ...workers];
const urlOf = ({ port }: FaultProxy): string => `redis://127.0.0.1:${port}`;

beforeAll(async () => {
  fleet = await startFleet(
    { BULKWATCH_LOCK_DURATION: '2s' },
    {
      redis: { conf: shippedConf, settings: { 'lua-time-limit': '200' } },
      prepare: async (redis) => {
        api = await startFaultProxy(redis.port);
        workers = [await startFaultProxy(redis.port), await startFaultProxy(redis.port)];
        return {};
      },
      redisUrl: (caller, redis) => (caller === 'api' && api ? urlOf(api) : redis.url),
    },
  );
  for (const way of workers) await fleet.startWorker({ env: { BULKWATCH_REDIS_URL: urlOf(way) } });
});
afterAll(async () => {
  await fleet.stop();
  await Promise.all(everybody().map((way) => way.close()));
});

const mendAll = (): void => {
  for (const way of everybody()) {
    way.delayMs = 0;
    way.mend();
  }
};

describe('a Redis that is slow to answer', () => {
  it.each([50, 500])('by %i ms makes polls late at worst', async (delayMs) => {
    for (const way of everybody()) way.delayMs = delayMs;
    const ids = await track(fleet, 3, { polls: 2 });
    await untilPolled(fleet, 6);
    mendAll();
    await expectKept(fleet, ids);
  });

  it('because a script keeps it busy is not asked for more by the api, and polls go on after it', async () => {
    const ids = await track(fleet, 3, { polls: 4 });
    await untilPolled(fleet, 3);
    const spinning = tellRedis(fleet.redis.port, 'EVAL "while true do end" 0').catch(
      () => 'killed',
    );
    await eventually(() => expectBusy());
    await expectRefused(fleet);
    await tellRedis(fleet.redis.port, 'SCRIPT KILL');

    expect(await spinning).toBe('killed');
    await expectKept(fleet, ids);
  });

  const expectBusy = (): Promise<void> =>
    expect(tellRedis(fleet.redis.port, 'GET x')).rejects.toThrow('BUSY');
});

describe('a reply that is lost after its command was carried out', () => {
  /** What is in the command of each script, and of no other of ours. */
  const commands = {
    'claim-poll': '{bulkwatch}:house',
    'apply-decision': '{bulkwatch}:durations:',
    register: '{bulkwatch}:open:',
  };

  it.each(['claim-poll', 'apply-decision'] as const)('to %s changes nothing', async (name) => {
    const lost = workers.map((way) => way.dropNextReply(commands[name]));
    const ids = await track(fleet, 6, { polls: 3 });
    await Promise.all(lost);
    await expectKept(fleet, ids);
  });

  it('to a registration makes one job', async () => {
    const before = (await fleet.jobs()).length;
    const lost = api.dropNextReply(commands.register);
    const result = await attempt(fleet);
    await lost;
    const ids = result.kind === 'kept' ? [result.id] : [];
    await expectKept(fleet, ids);
    expect((await fleet.jobs()).length).toBe(before + 1);
  });
});

describe('a network that is cut', () => {
  it('for the workers stops all polls and no registration, and late commands do no harm', async () => {
    const ids = await track(fleet, 5, { polls: 3 });
    await untilPolled(fleet, 5);
    for (const way of workers) way.stall();
    await expectNoPolls(fleet, 2_000);
    expect((await attempt(fleet)).kind).toBe('kept');
    for (const way of workers) way.cut();
    await expectNoPolls(fleet, 500);
    mendAll();
    await expectKept(fleet, ids);
  });

  it('for one worker leaves its jobs to the other', async () => {
    const ids = await track(fleet, 5, { polls: 3 });
    await untilPolled(fleet, 3);
    workers[0].cut();
    await expectKept(fleet, ids);
    mendAll();
  });

  it('for the api refuses registrations and stops no poll', async () => {
    const ids = await track(fleet, 5, { polls: 3 });
    api.cut();
    await expectRefused(fleet);
    await untilPolled(fleet, 10);
    mendAll();
    await eventually(async () => expect((await attempt(fleet)).kind).toBe('kept'));
    await expectKept(fleet, ids);
  });
});

describe('a cancel whose reply is lost', () => {
  it('cancels once', async () => {
    const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 100 }));
    const { id } = await fleet.register({ statusUrl, credential: 'oracle' });
    const lost = api.dropNextReply(id);
    const cancel = () => fetch(`${fleet.apiUrl}/v1/jobs/${id}`, { method: 'DELETE' });
    await eventually(async () => expect((await cancel()).ok).toBe(true));
    await lost;

    await eventually(async () => expect((await fleet.job(id)).state).toBe('cancelled'));
    const told = (await fleet.events()).filter(({ subject }) => subject === id);
    expect(told.filter(({ type }) => type === 'bulkwatch.export.cancelled')).toHaveLength(1);
  });
});
