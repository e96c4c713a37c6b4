import { setTimeout as pause } from 'node:timers/promises';
import { oracleExport } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterEach, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

let fleet: Fleet;
afterEach(() => fleet?.stop());

it('a Redis that is killed while a token is fetched, with the claim of the poll made, costs time and no job', async () => {
  fleet = await startFleet();
  await fleet.startWorker();
  let dying: Promise<unknown> | undefined;
  fleet.simulator.interrupt('token', (play) => {
    // The answer finds a worker that can put its token by nowhere.
    dying ??= fleet.redis.kill();
    return play();
  });
  const exported = fleet.simulator.createExport(oracleExport({ polls: 2, retryAfterSeconds: 1 }));
  const { id } = await fleet.register({ statusUrl: exported.statusUrl, credential: 'oracle' });
  await eventually(() => expect(dying).toBeDefined(), { timeoutMs: 30_000 });
  await dying;
  await pause(1_000);
  await fleet.redis.restart();

  await eventually(
    async () => expect(await fleet.job(id)).toMatchObject({ state: 'completed', health: 'ok' }),
    { timeoutMs: 60_000, everyMs: 250 },
  );
  const told = (await fleet.events()).filter(({ subject }) => subject === id);
  expect(told.map(({ type }) => type.split('.').at(-1))).toEqual([
    'registered',
    'progressed',
    'completed',
  ]);
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
});
