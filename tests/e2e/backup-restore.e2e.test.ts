import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runDocumented } from './documented-commands.js';
import { type Fleet, startFleet, urlOf } from './fleet.js';

const page = 'docs/operations.md';
const stream = '{bulkwatch}:events';
/** Longer than everything that happens between the backup and the restart. */
const patientSeconds = 10;
const busySeconds = 1;
const untilHeard = { timeoutMs: 20_000, everyMs: 50 };

let fleet: Fleet;
let subscriber: RedisClient;
let backup: string;
beforeEach(async () => {
  fleet = await startFleet({}, { simulator: { requireToken: false } });
  subscriber = new RedisClient(fleet.redis.url, { maxRetriesPerRequest: null });
  subscriber.on('error', () => undefined);
  await subscriber.xgroup('CREATE', stream, 'loader', '0', 'MKSTREAM');
  backup = `${fleet.redis.directory}-backup`;
});
afterEach(async () => {
  subscriber?.disconnect();
  await fleet?.stop();
  await rm(backup, { recursive: true, force: true });
});

type Backup = (env: Readonly<Record<string, string>>) => Promise<unknown>;

const ways: readonly (readonly [string, Backup])[] = [
  ['append-only file', (env) => runDocumented(page, '# back up the append-only file', env)],
  [
    'snapshot',
    async (env) => {
      await runDocumented(page, '# back up a snapshot', env);
      await runDocumented(page, '# make an append-only file of a snapshot', env);
      await rm(`${env['BACKUP']}/dump.rdb`);
    },
  ],
];

it.each(ways)('loses no job that is in the %s, and asks nobody too early', async (_, backUp) => {
  const workers = [await fleet.startWorker(), await fleet.startWorker()];
  const done = await register(3, { polls: 0, seconds: busySeconds });
  const busy = await register(20, { polls: 3, seconds: busySeconds });
  const patient = await register(4, { polls: 1, seconds: patientSeconds });
  const heard = new Map<string, string>();
  await eventually(async () => {
    await hear(heard);
    for (const job of patient) expect((await fleet.job(job.id)).pollCount).toBe(1);
    expect([...heard.values()]).toEqual(expect.arrayContaining(done.map(({ id }) => id)));
  }, untilHeard);

  await backUp({ REDIS_URL: fleet.redis.url, DATA: fleet.redis.directory, BACKUP: backup });
  const late = await register(3, { polls: 1, seconds: busySeconds });
  // Told to a subscriber, and not in the backup.
  await eventually(async () => {
    await hear(heard);
    expect([...heard.values()]).toEqual(expect.arrayContaining(busy.map(({ id }) => id)));
  }, untilHeard);
  const newest = [...heard.keys()].at(-1) ?? '';

  await Promise.all([...workers, fleet.api].map((one) => one.kill()));
  await fleet.redis.restore(backup);
  await pause(busySeconds * 1_000);
  const apiUrl = urlOf(await fleet.startApi());
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);

  const accepted = [...done, ...busy, ...patient].map(({ id }) => id);
  await eventually(
    async () => {
      await hear(heard);
      const jobs = await Promise.all(accepted.map((id) => jobAt(apiUrl, id)));
      expect(jobs.filter((job) => job?.state !== 'completed')).toEqual([]);
    },
    { timeoutMs: 40_000, everyMs: 200 },
  );

  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  expect(await Promise.all(late.map(({ id }) => jobAt(apiUrl, id)))).toEqual(
    late.map(() => undefined),
  );
  // Once in the stream as it is now; by those who had heard of it before, twice.
  const completed = (await fleet.events()).filter(({ type }) => type.endsWith('.completed'));
  expect(completed.map(({ subject }) => subject).toSorted()).toEqual(accepted.toSorted());
  await hear(heard);
  expect(new Set(heard.values())).toEqual(new Set([...accepted, ...late.map(({ id }) => id)]));
  // Whoever remembers the last entry by itself finds what is new behind it.
  const behind = await subscriber.xrange(stream, `(${newest}`, '+');
  const again = behind.filter(([, [, json = '']]) => json.includes('.completed"'));
  expect(again.length).toBeGreaterThanOrEqual(busy.length + patient.length);
});

it('would find an empty Redis where a snapshot lies beside no append-only file', async () => {
  await register(1, { polls: 1, seconds: 60 });
  await runDocumented(page, '# back up a snapshot', {
    REDIS_URL: fleet.redis.url,
    DATA: fleet.redis.directory,
    BACKUP: backup,
  });
  await fleet.api.kill();
  await fleet.redis.restore(backup);

  expect(await subscriber.dbsize()).toBe(0);
});

async function register(
  count: number,
  { polls, seconds }: { polls: number; seconds: number },
): Promise<readonly Job[]> {
  return Promise.all(
    Array.from({ length: count }, () => {
      const { statusUrl } = fleet.simulator.createExport({
        steps: [
          ...(polls === 0
            ? []
            : [{ answer: 'in-progress' as const, times: polls, retryAfterSeconds: seconds }]),
          { answer: 'complete' },
        ],
      });
      return fleet.register({ statusUrl });
    }),
  );
}

/** Reads what there is for a group, and keeps of which job each entry tells that it is completed. */
async function hear(heard: Map<string, string>): Promise<void> {
  const group = ['GROUP', 'loader', 'me', 'COUNT', 1_000] as const;
  const read = await subscriber.xreadgroup(...group, 'STREAMS', stream, '>');
  const [[, entries] = ['', []]] = (read ?? []) as [string, [string, string[]][]][];
  for (const [entryId, [, json = '{}']] of entries) {
    await subscriber.xack(stream, 'loader', entryId);
    const { type, subject } = JSON.parse(json) as { type: string; subject: string };
    if (type.endsWith('.completed')) heard.set(entryId, subject);
  }
}

/** Undefined where there is no such job. */
async function jobAt(apiUrl: string, id: string): Promise<Job | undefined> {
  const response = await fetch(`${apiUrl}/v1/jobs/${id}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${id}: ${response.status}`);
  return (await response.json()) as Job;
}
