import { readFileSync } from 'node:fs';
import { subscribe } from '@bulkwatch/client/redis';
import { tenantEventStream } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, complete, facts, newJob, openBench, pollAgain } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const whole = '{bulkwatch}:events';
const idsIn = async (stream: string): Promise<string[]> =>
  (await bench.raw.xrange(stream, '-', '+')).map(
    ([, [, json]]) => (JSON.parse(json ?? '') as { id: string }).id,
  );

async function registered(tenant: string): Promise<string> {
  const result = await bench.jobs.register(tenant, newJob());
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.job.id;
}

describe('the stream of a tenant', () => {
  it('has every event of its jobs and of no other, in the order of the whole one', async () => {
    const jobId = await registered('acme');
    const other = await registered('globex');
    await bench.jobs.cancel('globex', other, { deleteAtProvider: false });
    const progress = pollAgain({ progress: 'half', progressed: true, delayMs: 1 });
    await bench.jobs.applyDecision(await bench.claim(jobId), progress, { ...facts, status: 202 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await bench.jobs.applyDecision(await bench.claim(jobId), complete, facts);

    const ofAcme = await idsIn(tenantEventStream('acme'));
    expect(ofAcme.map((id) => id.split('.')[1])).toEqual(['registered', 'progressed', 'completed']);
    expect(ofAcme.every((id) => id.startsWith(jobId))).toBe(true);
    expect((await idsIn(tenantEventStream('globex'))).map((id) => id.split('.')[1])).toEqual([
      'registered',
      'cancelled',
    ]);
    expect((await idsIn(whole)).filter((id) => id.startsWith(jobId))).toEqual(ofAcme);
  });

  it('is the whole one for the default tenant, where each event is once', async () => {
    const jobId = await registered('default');
    await bench.jobs.cancel('default', jobId, { deleteAtProvider: false });

    expect((await idsIn(whole)).filter((id) => id.startsWith(jobId))).toHaveLength(2);
    expect(await bench.raw.exists(`${whole}:default`)).toBe(0);
  });
});

/** What docs/events.md gives to subscribers, by the name of the user. */
const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
const users = [...page.matchAll(/ACL SETUSER (\S+) ((?:.*\\\n)+.*)/g)].map(
  ([, name = '', rules = '']) =>
    [name, [...rules.matchAll(/'([^']+)'|([^\s\\]+)/g)].map(([, a, b]) => a ?? b ?? '')] as const,
);

it('docs/events.md tells of two kinds of users', () => {
  expect(users.map(([name]) => name)).toEqual(['acme-reader', 'acme-loader']);
});

describe.each(users)('the subscriber %s', (name, rules) => {
  let client: RedisClient;
  beforeAll(async () => {
    const stream = tenantEventStream('acme');
    await bench.raw.xgroup('CREATE', stream, 'loader', '0', 'MKSTREAM').catch(() => undefined);
    await bench.raw.call('ACL', 'SETUSER', name, ...rules);
    client = new RedisClient(bench.redis.port, {
      username: name,
      password: 'PASSWORD',
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
    });
    client.on('error', () => undefined);
  });
  afterAll(() => client.disconnect());

  it('gets the events of its tenant', async () => {
    const stream = tenantEventStream('acme');
    if (name === 'acme-reader') {
      expect((await client.xread('STREAMS', stream, '0'))?.[0]?.[1].length).toBeGreaterThan(0);
      return;
    }
    const read = await client.xreadgroup('GROUP', 'loader', 'me', 'STREAMS', stream, '>');
    const [[, entries] = []] = read as [string, [string, string[]][]][];
    expect(await client.xack(stream, 'loader', entries?.[0]?.[0] ?? '')).toBe(1);
  });

  it('can subscribe by the client as one of the group, dead letters included', async () => {
    if (name === 'acme-reader') return;
    const stream = tenantEventStream('acme');
    await bench.raw.xgroup('SETID', stream, 'loader', '0');
    await bench.raw.xadd(stream, '*', 'event', 'no event');
    const controller = new AbortController();
    const handled: string[] = [];
    const problems: unknown[] = [];
    const done = subscribe({
      redis: client,
      stream,
      group: 'loader',
      from: 'new',
      signal: controller.signal,
      takeOverMs: 100,
      onEvent: ({ type }) => void handled.push(type),
      onReset: () => undefined,
      onProblem: (_what, error) => void problems.push(error),
    });
    await eventually(async () => {
      expect(handled).toContain('bulkwatch.export.completed');
      expect(await bench.raw.xlen(`${stream}:dead-letters:loader`)).toBe(1);
    });
    controller.abort();
    await done;

    expect(problems).toEqual([]);
  });

  it.each([
    ['XREAD', 'STREAMS', '{bulkwatch}:events', '0'],
    ['XRANGE', '{bulkwatch}:events:globex', '-', '+'],
    ['XREADGROUP', 'GROUP', 'loader', 'me', 'STREAMS', '{bulkwatch}:events:globex', '>'],
    ['XADD', '{bulkwatch}:events:acme', '*', 'event', '{}'],
    ['XTRIM', '{bulkwatch}:events:acme', 'MAXLEN', '0'],
    ['XDEL', '{bulkwatch}:events:acme', '0-1'],
    ['DEL', '{bulkwatch}:events:acme'],
    ['HGETALL', '{bulkwatch}:api-keys'],
    ['HGETALL', '{bulkwatch}:job:x'],
    ['KEYS', '*'],
    ['SCAN', '0'],
    ['PSUBSCRIBE', 'bulkwatch:events:*'],
    ['EVAL', 'return 1', '0'],
    ['FLUSHALL'],
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
  ])('may not %s %s %s %s', async (command, ...args) => {
    await expect(client.call(command, ...args)).rejects.toThrow(/NOPERM/);
  });
});
