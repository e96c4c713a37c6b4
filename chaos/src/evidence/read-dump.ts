import { createHash } from 'node:crypto';
import { keys } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { Dump, EventDump, JobDump } from './dump.js';
import { readEngine } from './read-engine.js';

const pageSize = 500;

/** Reads everything that the checkers ask of Redis. */
export async function readDump(redis: Redis): Promise<Dump> {
  const prefix = `${keys.jobs}:`;
  const ids = (await keysLike(redis, `${prefix}*`)).map((key) => key.slice(prefix.length));
  const origins = await redis.smembers(keys.providersIndex);
  return {
    jobs: new Map((await readJobs(redis, ids)).map((job) => [job.id, job])),
    due: await redis.zrange(keys.due, '0', '-1'),
    indexed: await readIndexes(redis),
    engine: await readEngine(redis),
    events: await readEvents(redis, keys.events),
    inFlight: await ofEach(origins, (origin) => redis.zcard(keys.inFlight(origin))),
    openJobs: await ofEach(origins, async (origin) =>
      Number((await redis.hget(keys.provider(origin), 'openJobs')) ?? 0),
    ),
  };
}

/** All keys of a pattern. */
export async function keysLike(redis: Redis, match: string): Promise<string[]> {
  const found = new Set<string>();
  for await (const page of redis.scanStream({ match, count: 1_000 }))
    for (const key of page as string[]) found.add(key);
  return [...found];
}

async function readJobs(redis: Redis, ids: readonly string[]): Promise<JobDump[]> {
  const jobs: JobDump[] = [];
  for (let from = 0; from < ids.length; from += pageSize) {
    const read = ids.slice(from, from + pageSize).map((id) => readJob(redis, id));
    jobs.push(...(await Promise.all(read)));
  }
  return jobs;
}

async function readJob(redis: Redis, id: string): Promise<JobDump> {
  const [hash, polls] = await Promise.all([
    redis.hgetall(keys.job(id)),
    redis.lrange(keys.polls(id), 0, -1),
  ]);
  return {
    id,
    tenant: hash['tenant'] ?? '',
    exportId: hash['reference'] ?? '',
    state: hash['state'] ?? '',
    health: hash['health'] ?? 'ok',
    reason: hash['reason'] ?? null,
    recorded: polls.flatMap((json) => {
      const { requestId } = JSON.parse(json) as { requestId: string | null };
      return requestId === null ? [] : [requestId];
    }),
  };
}

async function readIndexes(redis: Redis): Promise<Dump['indexed']> {
  const found = (await keysLike(redis, `${keys.indexes}:*`)).map(async (key) => {
    const state = key.split(':').at(-1) ?? '';
    return (await redis.zrange(key, '0', '-1')).map((jobId) => ({ jobId, state }));
  });
  return (await Promise.all(found)).flat();
}

/** The event stream, oldest first. */
export async function readEvents(redis: Redis, stream: string): Promise<EventDump[]> {
  const events: EventDump[] = [];
  for (let from = '-'; ; ) {
    const page = await redis.xrange(stream, from, '+', 'COUNT', 1_000);
    events.push(...page.map(([entryId, [, json = '']]) => eventOf(entryId, json)));
    const last = page.at(-1);
    if (last === undefined) return events;
    from = `(${last[0]}`;
  }
}

function eventOf(entryId: string, json: string): EventDump {
  const { id, type, subject } = JSON.parse(json) as EventDump;
  const digest = createHash('sha256').update(json).digest('base64url').slice(0, 12);
  return { entryId, id, type, subject, digest };
}

async function ofEach(
  origins: readonly string[],
  read: (origin: string) => Promise<number>,
): Promise<Record<string, number>> {
  const entries = origins.map(async (origin) => [origin, await read(origin)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
