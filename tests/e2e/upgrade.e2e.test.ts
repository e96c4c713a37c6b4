import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Job, ProviderList } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { earlierRelease, restoreEarlierRelease } from './earlier-release.js';
import { type Fleet, type FleetOptions, startFleet, urlOf } from './fleet.js';

const preload = fileURLToPath(new URL('schema-plan.mjs', import.meta.url));
const nextRelease = { preload, env: { SCHEMA_PLAN: 'next' } };
const atLast = { timeoutMs: 40_000, everyMs: 100 };

let fleet: Fleet;
let redis: RedisClient;
afterEach(async () => {
  redis?.disconnect();
  await fleet?.stop();
});

async function open(env: Readonly<Record<string, string>>, options: FleetOptions): Promise<void> {
  fleet = await startFleet(env, options);
  redis = new RedisClient(fleet.redis.url);
}

const schema = async (): Promise<number> =>
  Number(await redis.hget('{bulkwatch}:schema', 'schema'));
const completed = async (): Promise<string[]> =>
  (await fleet.events())
    .filter(({ type }) => type === 'bulkwatch.export.completed')
    .map(({ subject }) => subject)
    .toSorted();

it(`goes on with what ${earlierRelease.madeFrom}, an earlier release, left in the middle of its work`, async () => {
  const { jobs, provider, sealKeys } = earlierRelease;
  let sealKeysFile = '';
  await open(
    { BULKWATCH_RETENTION_JOBS: '3650d', BULKWATCH_RETENTION_MANIFESTS: '3650d' },
    {
      simulator: { requireToken: false, port: provider.port },
      async prepare(started, folder) {
        await restoreEarlierRelease(started.url);
        sealKeysFile = `${folder}/earlier-seal-keys`;
        await writeFile(sealKeysFile, sealKeys);
        return { BULKWATCH_SEAL_KEYS_FILE: sealKeysFile };
      },
    },
  );
  expect(await schema()).toBe(1);
  for (const { id } of jobs)
    fleet.simulator.createExport({
      id,
      steps: [{ answer: 'in-progress', retryAfterSeconds: 1, times: 2 }, { answer: 'complete' }],
    });
  const [waiting] = jobs;
  expect((await fleet.register({ statusUrl: waiting?.statusUrl })).id).toBe(waiting?.jobId);
  const worker = await fleet.startWorker({ preload });

  const ends = new Map(jobs.map(({ jobId, becomes }) => [jobId, becomes]));
  await eventually(async () => {
    const states = new Map((await fleet.jobs()).map(({ id, state }) => [id, state]));
    expect(states).toEqual(ends);
  }, atLast);
  await eventually(async () => expect(await schema()).toBe(2), atLast);
  expect(worker.lines().join('\n')).toContain('Lists the provider of every open job');

  expect(await completed()).toEqual(
    jobs.flatMap(({ jobId, becomes }) => (becomes === 'completed' ? [jobId] : [])).toSorted(),
  );
  for (const { jobId, becomes } of jobs) {
    const manifest = await fetch(`${fleet.apiUrl}/v1/jobs/${jobId}/manifest`);
    expect(manifest.status).toBe(becomes === 'completed' ? 200 : 404);
  }
  const list = (await (await fetch(`${fleet.apiUrl}/v1/providers`)).json()) as ProviderList;
  expect(list.providers).toMatchObject([{ origin: fleet.simulator.origin, openJobCount: 0 }]);
});

it('lets two releases work side by side, migrates when the old one has gone, and lets it come back', async () => {
  await open({}, { simulator: { requireToken: false } });
  const old = [
    fleet.api,
    await fleet.startWorker({ preload }),
    await fleet.startWorker({ preload }),
  ];
  const known = await schema();
  const ids = await register(20, fleet.apiUrl);
  const api = await fleet.startApi(nextRelease);
  const next = await fleet.startWorker(nextRelease);
  ids.push(...(await register(20, urlOf(api))));

  // Longer than news hold, while both of them poll.
  const told = (await completed()).length;
  await eventually(
    async () => expect((await completed()).length).toBeGreaterThan(told + 5),
    atLast,
  );
  expect(await schema()).toBe(known);
  for (const one of old) expect(await one.stop()).toMatchObject({ code: 0 });
  await eventually(async () => expect(await schema()).toBe(known + 1), atLast);
  expect(next.lines().join('\n')).toContain('Marks every job.');
  const marks = await Promise.all(ids.map((id) => redis.hget(`{bulkwatch}:job:${id}`, 'marked')));
  expect(marks).toEqual(ids.map(() => '1'));

  const back = await fleet.startWorker({ preload });
  expect(await schema()).toBe(known);
  ids.push(...(await register(5, urlOf(api))));
  await eventually(async () => expect(await completed()).toEqual(ids.toSorted()), atLast);
  expect(await back.stop()).toMatchObject({ code: 0 });
  await eventually(async () => expect(await schema()).toBe(known + 1), atLast);
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
});

async function register(count: number, apiUrl: string): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { statusUrl } = fleet.simulator.createExport({
        steps: [{ answer: 'in-progress', retryAfterSeconds: 1, times: 4 }, { answer: 'complete' }],
      });
      const response = await fetch(`${apiUrl}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ statusUrl }),
      });
      expect(response.status).toBe(201);
      return ((await response.json()) as Job).id;
    }),
  );
}
