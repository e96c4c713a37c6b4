import { fileURLToPath } from 'node:url';
import { eventStream, events as eventTable } from '@bulkwatch/contract';
import type { Redis } from 'ioredis';
import type { Dump, EventDump, JobDump } from '../evidence/dump.js';
import { keysLike, readEvents } from '../evidence/read-dump.js';
import type { Subject } from '../subject.js';
import { type PlainExport, queueName } from './plain-export.js';
import { recordedKey } from './poll-export.js';

const base = `bull:${queueName}`;
const mainOf = (name: string): string =>
  fileURLToPath(new URL(`./${name}-main.js`, import.meta.url));

/** The queue alone, in place of a house, to compare with: same load, same faults, same checkers, as far as they apply. */
export const plainBullmq: Subject = {
  kind: 'plain-bullmq',
  mains: { api: mainOf('api'), worker: mainOf('worker') },
  isWhole: false,
  async readDump(redis) {
    const told = await readEvents(redis, eventStream);
    const ids = (await keysLike(redis, `${base}:*`))
      .map((key) => key.slice(base.length + 1))
      // The queue's own keys have names, and what belongs to a job has its id before a colon.
      .filter((id) => /^[0-9a-z-]+$/.test(id) && !queueKeys.has(id));
    const jobs = await Promise.all(ids.map((id) => readJob(redis, id, told)));
    return {
      jobs: new Map(jobs.map((job) => [job.id, job])),
      indexed: jobs.map(({ id, state }) => ({ jobId: id, state })),
      events: told,
      due: [],
      engine: { awake: [], asleep: [] },
      inFlight: {},
      openJobs: {},
    } satisfies Dump;
  },
  async countLeft(redis) {
    const counts = await Promise.all([
      redis.zcard(`${base}:delayed`),
      redis.zcard(`${base}:prioritized`),
      redis.llen(`${base}:wait`),
      redis.llen(`${base}:active`),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  },
};

/** The same with another `maxStalledCount` than the engine's 1: how often in its life a job may lose its worker. */
export const plainWithStalls = (count: number): Subject => ({
  ...plainBullmq,
  env: { PLAIN_BULLMQ_MAX_STALLED: String(count) },
});

const queueKeys: ReadonlySet<string> = new Set(
  'active completed delayed events failed id marker meta paused pc prioritized stalled stalled-check wait'.split(
    ' ',
  ),
);

/** It has ended where that was told; what the engine thinks of it helps nobody who waits. */
async function readJob(redis: Redis, id: string, told: readonly EventDump[]): Promise<JobDump> {
  const data = JSON.parse(
    (await redis.hget(`${base}:${id}`, 'data')) ?? '{}',
  ) as Partial<PlainExport>;
  const end = told.find(({ subject }) => subject === id);
  return {
    id,
    tenant: 'default',
    exportId: data.reference ?? '',
    state: end?.type === eventTable.failed.type ? 'failed' : end ? 'completed' : 'in-progress',
    health: 'ok',
    reason: null,
    recorded: await redis.lrange(recordedKey(id), 0, -1),
  };
}
