import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger, loadSettings, Secret } from '@bulkwatch/runtime';
import { oracleExport, type Simulator, startSimulator } from '@bulkwatch/simulator';
import {
  eventually,
  type FaultProxy,
  type Redis,
  startFaultProxy,
  startRedis,
} from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContext, type WorkerContext } from '../src/context.js';
import { type RunningWorker, startWorker } from '../src/worker.js';
import { type Receiver, startReceiver } from './webhook-fleet.js';

/**
 * A whole worker whose engines, and they alone, reach Redis through a proxy that can fall silent: that is how an engine dies
 * without a word (BullMQ #4378, #4479, #4585), while all else in the process is well.
 */
const stuckAfterMs = 1_500;
const jobCount = 20;

let folder: string;
let redis: Redis;
let proxy: FaultProxy;
let simulator: Simulator;
let receiver: Receiver;
let context: WorkerContext;
let worker: RunningWorker;
let opsUrl: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-dead-engine-'));
  await writeFile(join(folder, 'seal-keys'), `k1 ${randomBytes(32).toString('base64')}\n`);
  redis = await startRedis();
  proxy = await startFaultProxy(redis.port);
  simulator = await startSimulator({ requireToken: false });
  receiver = await startReceiver();
  lines = [];
  const settings = loadSettings('worker', {
    BULKWATCH_REDIS_URL: redis.url,
    BULKWATCH_WORKER_OPS_PORT: '0',
    BULKWATCH_PROVIDER_ORIGINS: simulator.origin,
    BULKWATCH_WEBHOOK_ORIGINS: new URL(receiver.url).origin,
    BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
    BULKWATCH_SEAL_KEYS_FILE: join(folder, 'seal-keys'),
    BULKWATCH_REQUEST_TIMEOUT: '2s',
    BULKWATCH_LOCK_DURATION: '2s',
    BULKWATCH_RESCUE_GRACE: '5s',
    BULKWATCH_SHUTDOWN_GRACE: '1s',
    BULKWATCH_PROVIDER_RATE: '1000',
    BULKWATCH_PROVIDER_BURST: '1000',
  });
  const logger = createLogger({
    service: 'worker',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  context = await createContext(settings, logger, {});
  const redisUrl = new Secret(`redis://127.0.0.1:${proxy.port}`);
  worker = await startWorker({ ...context, settings: { ...settings, redisUrl, stuckAfterMs } });
  const running = lines.find((line) => line.includes('"worker running"')) ?? '{}';
  opsUrl = `http://127.0.0.1:${JSON.parse(running).opsPort}`;
});
afterEach(async () => {
  await worker.stop();
  await receiver.close();
  await simulator.stop();
  await proxy.close();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Jobs that are polled every second, so many times, and then complete. */
async function register(polls: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < jobCount; n += 1) {
    const { statusUrl } = simulator.createExport(oracleExport({ polls }));
    const result = await context.store.jobs.register('default', {
      statusUrl,
      protocol: 'fhir-bulk',
      provider: simulator.origin,
      labels: {},
      firstDelayMs: 0,
    });
    if (result.kind !== 'created') throw new Error(result.kind);
    ids.push(result.job.id);
  }
  return ids;
}

async function livez(): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${opsUrl}/livez`);
  return { status: answer.status, body: await answer.json() };
}

/** The sum of its series. */
async function metric(name: string): Promise<number> {
  const lines = (await (await fetch(`${opsUrl}/metrics`)).text()).split('\n');
  const values = lines.filter((line) => line.startsWith(name)).map((line) => line.split(' ')[1]);
  return values.reduce((sum, value) => sum + Number(value), 0);
}

async function events(): Promise<string[]> {
  const reader = new RedisClient(redis.url);
  const entries = await reader.xrange('{bulkwatch}:events', '-', '+');
  reader.disconnect();
  return entries.map(([, [, json]]) => {
    const { type, subject } = JSON.parse(json ?? '') as { type: string; subject: string };
    return `${type} ${subject}`;
  });
}

const polled = (): number => simulator.record.requests.length;
const well = { watchdog: 'ok', reader: 'ok', polls: 'ok', webhooks: 'ok' };
const restarts = 'bulkwatch_engine_restarts_total';

describe('an engine that died without a word', () => {
  it('is made anew in its process; nothing is polled early or lost, and nothing told twice', async () => {
    const ids = await register(4);
    // In a quiet moment, in which the engine holds nothing: what it held would be taken over later than what waits.
    await eventually(() => expect(polled()).toBe(3 * jobCount), { everyMs: 5 });
    await pause(300);
    for (const connection of proxy.connections) connection.mute();
    await pause(1_200);
    expect(polled()).toBe(3 * jobCount);
    expect((await livez()).status).toBe(200);

    await eventually(
      async () => {
        const jobs = await Promise.all(ids.map((id) => context.store.jobs.get('default', id)));
        expect(new Set(jobs.map((job) => job?.state))).toEqual(new Set(['completed']));
      },
      { timeoutMs: 25_000, everyMs: 100 },
    );
    expect(await metric(restarts)).toBe(1);
    expect(await metric('bulkwatch_worker_stuck')).toBe(0);
    expect(await livez()).toEqual({ status: 200, body: { ok: true, checks: well } });
    expect(simulator.record.earlyPolls()).toEqual([]);
    expect(polled()).toBe(5 * jobCount);
    const told = await events();
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(3 * jobCount);
    const dead = lines.filter((line) => line.includes('engine is dead'));
    expect(dead.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', queue: 'polls' },
    ]);
  });

  it('fails /livez where that does not help, and heals by itself once it can', async () => {
    await register(100);
    await eventually(() => expect(polled()).toBeGreaterThan(jobCount));

    proxy.mutesNew = true;
    for (const connection of proxy.connections) connection.mute();
    // Of which it is found dead depends on when its jobs are due; the engine of webhooks may be found dead as well.
    const polls = expect.stringMatching(/^(fetches nothing|asks Redis for nothing)/);
    await eventually(
      async () =>
        expect(await livez()).toMatchObject({
          status: 503,
          body: { ok: false, checks: { watchdog: 'ok', reader: 'ok', polls } },
        }),
      { timeoutMs: 10_000 },
    );
    expect(await metric('bulkwatch_worker_stuck')).toBe(1);
    expect(await metric(restarts)).toBeGreaterThanOrEqual(2);
    expect((await fetch(`${opsUrl}/readyz`)).status).toBe(200);

    proxy.mutesNew = false;
    const before = polled();
    await eventually(() => expect(polled()).toBeGreaterThan(before), { timeoutMs: 10_000 });
    await eventually(async () => expect((await livez()).status).toBe(200), { timeoutMs: 5_000 });
    expect(simulator.record.earlyPolls()).toEqual([]);
  });

  it('is made anew for webhooks too, whatever the polls do', async () => {
    // An idle engine asks every ten seconds, which is longer than the patience here: that of the polls has to have work.
    await register(100);
    const created = await context.store.webhooks.createEndpoint('default', { url: receiver.url });
    expect(created.kind).toBe('created');
    await eventually(
      async () => {
        await register(0);
        expect(receiver.posts.length).toBeGreaterThan(0);
      },
      { everyMs: 1_000 },
    );
    for (const connection of proxy.connections)
      if (connection.hasSent('{bulkwatch}:bull:webhooks')) connection.mute();
    const ids = new Set(await register(0));
    await eventually(
      async () => {
        const told = (await events()).filter((event) => ids.has(event.split(' ')[1] ?? ''));
        const posted = receiver.posts.filter(({ body }) => ids.has(JSON.parse(body).subject));
        expect(told).toHaveLength(2 * jobCount);
        expect(new Set(posted.map(({ headers }) => headers['webhook-id'])).size).toBe(told.length);
      },
      { timeoutMs: 20_000, everyMs: 100 },
    );
    expect(await metric(restarts)).toBe(1);
    expect(lines.filter((line) => line.includes('"queue":"webhooks"'))).toHaveLength(1);
  });
});
