import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExportEvent, Job, JobList } from '@bulkwatch/contract';
import {
  demoClient,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@bulkwatch/simulator';
import {
  type Redis,
  type RedisOptions,
  type RunningProcess,
  startProcess,
  startRedis,
} from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';

const root = fileURLToPath(new URL('../..', import.meta.url));
const clockAhead = fileURLToPath(new URL('clock-ahead.mjs', import.meta.url));

type Environment = Readonly<Record<string, string>>;

interface StartOptions {
  readonly env?: Environment;
  /** A module that is loaded before it. */
  readonly preload?: string;
  /** The folder of another build than this checkout's. */
  readonly build?: string;
}

/** Everything that a run of real processes needs: Redis, a scripted provider, an api and any number of workers. */
export interface Fleet {
  readonly redis: Redis;
  readonly simulator: Simulator;
  /** Providers of their own, each with the credential `provider-<its number>`. */
  readonly moreProviders: readonly Simulator[];
  readonly apiUrl: string;
  readonly api: RunningProcess;
  startWorker(options?: StartOptions & { clockAheadMs?: number }): Promise<RunningProcess>;
  /** One more than `api`; see `urlOf`. */
  startApi(options?: StartOptions): Promise<RunningProcess>;
  register(body: object): Promise<Job>;
  job(id: string): Promise<Job>;
  jobs(): Promise<readonly Job[]>;
  /** All events of the stream, the oldest first. */
  events(): Promise<readonly ExportEvent[]>;
  /** Deletes the keys of Redis that match. */
  deleteKeys(pattern: string): Promise<void>;
  /** Every key and value in Redis, as text. */
  dumpRedis(): Promise<string>;
  /** What every process has written so far, ended ones included. */
  output(): string;
  stop(): Promise<void>;
}

/** Settings under which faults heal in seconds instead of minutes; the protocol is the same at any scale. */
const quick: Environment = {
  BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
  BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
  BULKWATCH_REQUEST_TIMEOUT: '4s',
  BULKWATCH_SEND_BUDGET: '1s',
  BULKWATCH_LOCK_DURATION: '5s',
  BULKWATCH_RESCUE_INTERVAL: '2s',
  BULKWATCH_RESCUE_GRACE: '2s',
  BULKWATCH_LOG_LEVEL: 'debug',
  BULKWATCH_WORKER_CONCURRENCY: '20',
  // Hundreds of unlike exports share one simulator; what they do must not slow each other down.
  BULKWATCH_PROVIDER_CONCURRENCY: '10000',
  BULKWATCH_PROVIDER_RATE: '100000',
  BULKWATCH_PROVIDER_BURST: '10000',
  BULKWATCH_CIRCUIT_FAILURES: '100000',
};

export interface FleetOptions {
  /** Of the first api, where it is to be of another build. */
  readonly build?: string;
  readonly moreProviders?: number;
  /** Origins of providers besides, which the test has started itself. */
  readonly otherOrigins?: readonly string[];
  /** Of every provider. */
  readonly simulator?: SimulatorOptions;
  readonly redis?: RedisOptions;
  /** One that runs already, in place of one of our own; it is ended with the rest. */
  readonly running?: Redis;
  /** How each of them reaches Redis, where that is not by its plain URL. */
  /** Called before the services start, with a folder that is removed at the end. What it returns they have as well. */
  readonly prepare?: (redis: Redis, folder: string) => Promise<Environment>;
  readonly redisUrl?: (caller: 'api' | 'worker' | 'test', redis: Redis) => string;
}

export async function startFleet(
  env: Environment = {},
  options: FleetOptions = {},
): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-e2e-'));
  const redis = options.running ?? (await startRedis(options.redis));
  const redisUrl = (caller: 'api' | 'worker' | 'test'): string =>
    options.redisUrl?.(caller, redis) ?? redis.url;
  const simulator = await startSimulator(options.simulator);
  const moreProviders = await Promise.all(
    Array.from({ length: options.moreProviders ?? 0 }, () => startSimulator(options.simulator)),
  );
  const simulators = [simulator, ...moreProviders];
  const settings = {
    PATH: process.env['PATH'] ?? '',
    ...quick,
    BULKWATCH_PROVIDER_ORIGINS: [
      ...simulators.map(({ origin }) => origin),
      ...(options.otherOrigins ?? []),
    ].join(','),
    ...(await writeFiles(folder, simulators)),
    ...env,
    ...(await options.prepare?.(redis, folder)),
  };
  const processes: RunningProcess[] = [];
  const start = async (
    service: string,
    readyWhen: RegExp,
    extra: Environment,
    { preload = [], build = root }: { preload?: string[]; build?: string | undefined } = {},
  ) => {
    const running = await startProcess({
      command: process.execPath,
      args: [...preload, join(build, 'services', service, 'dist/main.js')],
      env: { ...settings, ...extra },
      readyWhen,
      // A machine that does much else takes its time.
      readyTimeoutMs: 60_000,
    });
    processes.push(running);
    return running;
  };

  const startApi: Fleet['startApi'] = ({ env: extra, preload, build } = {}) =>
    start(
      'api',
      /"api listening"/,
      {
        BULKWATCH_REDIS_URL: redisUrl('api'),
        BULKWATCH_API_PORT: '0',
        BULKWATCH_API_OPS_PORT: '0',
        ...extra,
      },
      { preload: importing(preload), build },
    );
  const api = await startApi(options.build === undefined ? {} : { build: options.build });
  const apiUrl = urlOf(api);
  const reader = new RedisClient(redisUrl('test'), { maxRetriesPerRequest: null });
  reader.on('error', () => undefined);

  return {
    redis,
    simulator,
    moreProviders,
    apiUrl,
    api,
    startApi,
    startWorker: ({ clockAheadMs, env: extra, preload, build } = {}) =>
      start(
        'worker',
        /"worker running"/,
        {
          BULKWATCH_REDIS_URL: redisUrl('worker'),
          BULKWATCH_WORKER_OPS_PORT: '0',
          ...extra,
          ...(clockAheadMs === undefined ? {} : { CLOCK_AHEAD_MS: String(clockAheadMs) }),
        },
        { preload: importing(clockAheadMs === undefined ? preload : clockAhead), build },
      ),
    register: (body) => register(apiUrl, body),
    job: (id) => getJson<Job>(`${apiUrl}/v1/jobs/${id}`),
    jobs: () => allJobs(apiUrl),
    async events() {
      const entries = await reader.xrange('{bulkwatch}:events', '-', '+');
      return entries.map(([, [, json]]) => JSON.parse(json ?? '') as ExportEvent);
    },
    async deleteKeys(pattern) {
      const keys = await reader.keys(pattern);
      if (keys.length > 0) await reader.del(...keys);
    },
    async dumpRedis() {
      const keys = await reader.keys('*');
      return (await Promise.all(keys.map((key) => dumpKey(reader, key)))).join('\n');
    },
    output: () => processes.flatMap((running) => running.lines()).join('\n'),
    async stop() {
      reader.disconnect();
      await Promise.all(processes.map((running) => running.kill()));
      await Promise.all(simulators.map((one) => one.stop()));
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const importing = (module: string | undefined): string[] =>
  module === undefined ? [] : ['--import', module];

/** Where an api can be reached. */
export const urlOf = (api: RunningProcess): string =>
  `http://127.0.0.1:${portOf(api, 'api listening')}`;

/** The port that a service said it listens on when it was ready. */
export function portOf(running: RunningProcess, message: string, field = 'port'): number {
  const line = running.lines().find((text) => text.includes(`"${message}"`));
  return Number((JSON.parse(line ?? '{}') as Record<string, unknown>)[field]);
}

async function writeFiles(folder: string, simulators: readonly Simulator[]): Promise<Environment> {
  const credentialsFile = join(folder, 'credentials.json');
  const sealKeysFile = join(folder, 'seal-keys');
  const credentials = simulators.map(({ tokenUrl, origin }, number) => ({
    name: number === 0 ? 'oracle' : `provider-${number - 1}`,
    kind: 'client-secret-basic',
    tokenUrl,
    clientId: demoClient.id,
    clientSecret: demoClient.secret,
    origins: [origin],
  }));
  await writeFile(credentialsFile, JSON.stringify({ credentials }));
  await writeFile(sealKeysFile, `k1 ${randomBytes(32).toString('base64')}\n`);
  return { BULKWATCH_CREDENTIALS_FILE: credentialsFile, BULKWATCH_SEAL_KEYS_FILE: sealKeysFile };
}

async function register(apiUrl: string, body: object): Promise<Job> {
  const response = await fetch(`${apiUrl}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`registering: ${response.status} ${await response.text()}`);
  return (await response.json()) as Job;
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function allJobs(apiUrl: string): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: JobList = await getJson(
      `${apiUrl}/v1/jobs?limit=200${cursor && `&cursor=${cursor}`}`,
    );
    jobs.push(...page.jobs);
    cursor = page.nextCursor;
  }
  return jobs;
}

async function dumpKey(redis: RedisClient, key: string): Promise<string> {
  const read: Record<string, () => Promise<unknown>> = {
    hash: () => redis.hgetall(key),
    string: () => redis.get(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrangebyscore(key, '-inf', '+inf'),
    stream: () => redis.xrange(key, '-', '+'),
  };
  const value = await read[await redis.type(key)]?.();
  return `${key} ${JSON.stringify(value)}`;
}
