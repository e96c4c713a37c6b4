import { loadSettings } from '@bulkwatch/runtime';
import { openStore, type Store } from '@bulkwatch/store';
import { type Redis, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.js';

let redis: Redis;
let raw: RedisClient;
const stores: Store[] = [];
beforeAll(async () => {
  redis = await startRedis();
  raw = new RedisClient(redis.url);
});
afterAll(async () => {
  for (const store of stores) await store.close();
  raw.disconnect();
  await redis.stop();
});

const env = () => ({ BULKWATCH_REDIS_URL: redis.url });

async function fleet(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(['fleet', ...args], {
    env: env(),
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
  });
  return { code, out, said: said.join('\n') };
}

async function start(service: 'api' | 'worker'): Promise<void> {
  const settings = loadSettings(service, {
    ...env(),
    BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example',
    ...(service === 'api' ? { BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true' } : {}),
  });
  const report = { onProblem: () => undefined, onWarning: () => undefined };
  stores.push(await openStore(settings, service, report));
}

it('says that nobody is there, and changes nothing', async () => {
  const { code, out, said } = await fleet();

  expect(code).toBe(0);
  expect(out).toEqual([]);
  expect(said).toContain('no schema yet');
  expect(said).toContain('No process lives.');
  expect(await raw.dbsize()).toBe(0);
});

it('shows who lives, in which release', async () => {
  await start('worker');
  await start('api');
  const { out } = await fleet();

  expect(out[0]).toMatch(/^SERVICE +RELEASE +SCHEMA +HOST +PID +ALIVE FOR$/);
  expect(out.slice(1).map((line) => line.split(/ +/).slice(0, 2))).toEqual([
    ['api', '0.1.0'],
    ['worker', '0.1.0'],
  ]);
  const [json = ''] = (await fleet('--json')).out;
  expect(JSON.parse(json)).toMatchObject({
    processes: [{ service: 'api', pid: process.pid }, { service: 'worker' }],
  });
});

it('shows no process that has ended', async () => {
  await stores.pop()?.close();

  expect((await fleet()).out).toHaveLength(2);
});

it('lets no command work with data that is too new, and says so', async () => {
  await raw.hset('{bulkwatch}:schema', { schema: 99, readableBy: 98 });
  const said: string[] = [];
  const code = await runCli(['keys', 'list'], {
    env: env(),
    out: () => undefined,
    say: (text) => void said.push(text),
  });

  expect(code).not.toBe(0);
  expect(said.join('\n')).toContain('Its data is of schema 99');
  expect((await fleet()).code).toBe(0);
});
