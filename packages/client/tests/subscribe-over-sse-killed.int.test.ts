import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, type Redis, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiProcess } from './api-process.js';
import { eventOf, names, stream } from './event-log.js';

const script = fileURLToPath(new URL('sse-subscriber-process.mjs', import.meta.url));
const ids = names(5);
let redis: Redis;
let api: Awaited<ReturnType<typeof apiProcess>>;
beforeAll(async () => {
  redis = await startRedis();
  api = await apiProcess(redis);
  const raw = new RedisClient(redis.url);
  for (const id of ids) {
    const source = '/bulkwatch/tenants/default';
    const event = { ...(JSON.parse(eventOf(id)) as object), source };
    await raw.xadd(stream, '*', 'event', JSON.stringify(event));
  }
  raw.disconnect();
});
afterAll(async () => {
  await api.stop();
  await redis.stop();
});

const start = (folder: string, ...point: string[]) =>
  startProcess({
    command: process.execPath,
    args: [script, api.baseUrl, folder, ...point],
    readyWhen: /ready/,
  });

it.each([
  ['in the handler, before its effect', 'before:effect', 0],
  ['in the handler, after its effect', 'after:effect', 1],
  ['before its position is saved', 'before:save', 1],
  ['while its position is saved', 'in:save', 1],
  ['when its position is saved', 'after:save', 0],
])('a subscriber over SSE that is killed %s leaves out no event', async (_where, point, twice) => {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-sse-'));
  const effects = (): string[] => {
    const file = join(folder, 'effects');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  try {
    const victim = await start(folder, point);
    expect((await victim.exited).signal).toBe('SIGKILL');

    const next = await start(folder);
    await eventually(() => expect(new Set(effects())).toEqual(new Set(ids)));
    expect((await next.stop()).code).toBe(0);

    // What was done twice is known by its id.
    expect(effects()).toHaveLength(ids.length + twice);
  } finally {
    await rm(folder, { recursive: true });
  }
});
