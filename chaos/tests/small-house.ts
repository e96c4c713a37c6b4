import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExportEvent, Job } from '@bulkwatch/contract';
import { type ExportScript, type Simulator, startSimulator } from '@bulkwatch/simulator';
import {
  eventually,
  type FaultProxy,
  type Redis,
  type RunningProcess,
  startFaultProxy,
  startProcess,
  startRedis,
} from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import type { Healing } from '../src/fault.js';
import { type ProcessFaultContext, processFaults } from '../src/faults/process-faults.js';

const mainOf = (service: string): string =>
  fileURLToPath(new URL(`../../services/${service}/dist/main.js`, import.meta.url));

/** Settings under which a poll that died is made up for within seconds. */
const quick = {
  BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
  BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
  BULKWATCH_REQUEST_TIMEOUT: '2s',
  BULKWATCH_SEND_BUDGET: '500ms',
  BULKWATCH_LOCK_DURATION: '2s',
  BULKWATCH_RESCUE_INTERVAL: '500ms',
  BULKWATCH_RESCUE_GRACE: '1s',
  BULKWATCH_CIRCUIT_FAILURES: '100000',
  BULKWATCH_LOG_LEVEL: 'debug',
};

type Environment = Readonly<Record<string, string>>;

/** A worker with a proxy of its own before Redis. */
export interface ProxiedWorker {
  readonly process: RunningProcess;
  readonly proxy: FaultProxy;
  readonly opsUrl: string;
}

/** Redis, an api, a provider, and workers one by one: to look closely at what befalls one process. */
export interface SmallHouse {
  readonly redis: Redis;
  readonly simulator: Simulator;
  readonly api: RunningProcess;
  readonly apiUrl: string;
  /** What faults are given of it. */
  readonly provider: { readonly origins: readonly string[]; inFlight(): number };
  startWorker(env?: Environment, nodeArgs?: readonly string[]): Promise<ProxiedWorker>;
  /** Registers a new export. */
  register(script: ExportScript, more?: object): Promise<{ jobId: string; exportId: string }>;
  job(id: string): Promise<Job>;
  /** Types of all events of a job, without what they have in common, in their order. */
  eventsOf(jobId: string): Promise<readonly string[]>;
  untilCompleted(jobIds: readonly string[], timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startSmallHouse(env: Environment = {}): Promise<SmallHouse> {
  const redis = await startRedis();
  const simulator = await startSimulator({ requireToken: false });
  const proxies: FaultProxy[] = [];
  const processes: RunningProcess[] = [];
  const settings = {
    PATH: process.env['PATH'] ?? '',
    ...quick,
    BULKWATCH_PROVIDER_ORIGINS: simulator.origin,
    ...env,
  };
  const start = async (
    service: string,
    of: { env: Environment; nodeArgs?: readonly string[]; says: string },
  ): Promise<RunningProcess> => {
    const running = await startProcess({
      command: process.execPath,
      args: [...(of.nodeArgs ?? []), mainOf(service)],
      env: { ...settings, ...of.env },
      readyWhen: new RegExp(`"${of.says}"`),
      readyTimeoutMs: 30_000,
    });
    processes.push(running);
    return running;
  };
  const api = await start('api', {
    says: 'api listening',
    env: {
      BULKWATCH_REDIS_URL: redis.url,
      BULKWATCH_API_PORT: '0',
      BULKWATCH_API_OPS_PORT: '0',
    },
  });
  const apiUrl = `http://127.0.0.1:${portOf(api, 'port')}`;
  const reader = new RedisClient(redis.url, { maxRetriesPerRequest: null });
  reader.on('error', () => undefined);

  const house: SmallHouse = {
    redis,
    simulator,
    api,
    apiUrl,
    provider: { origins: [simulator.origin], inFlight: () => simulator.inFlight() },
    async startWorker(extra = {}, nodeArgs = []) {
      const proxy = await startFaultProxy(redis.port);
      proxies.push(proxy);
      const running = await start('worker', {
        says: 'worker running',
        nodeArgs,
        env: {
          BULKWATCH_REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
          BULKWATCH_WORKER_OPS_PORT: '0',
          ...extra,
        },
      });
      return { process: running, proxy, opsUrl: `http://127.0.0.1:${portOf(running, 'opsPort')}` };
    },
    async register(script, more = {}) {
      const { id: exportId, statusUrl } = simulator.createExport(script);
      const response = await fetch(`${apiUrl}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ statusUrl, ...more }),
      });
      if (response.status !== 201) throw new Error(`registering: ${response.status}`);
      return { jobId: ((await response.json()) as Job).id, exportId };
    },
    job: async (id) => (await (await fetch(`${apiUrl}/v1/jobs/${id}`)).json()) as Job,
    async eventsOf(jobId) {
      const entries = await reader.xrange('{bulkwatch}:events', '-', '+');
      return entries
        .map(([, [, json]]) => JSON.parse(json ?? '') as ExportEvent)
        .filter(({ subject }) => subject === jobId)
        .map(({ type }) => type.slice('bulkwatch.export.'.length));
    },
    untilCompleted: (jobIds, timeoutMs = 60_000) =>
      eventually(
        async () => {
          for (const id of jobIds) {
            const { state } = await house.job(id);
            if (state !== 'completed') throw new Error(`${id} is ${state}`);
          }
        },
        { timeoutMs, everyMs: 100 },
      ),
    async stop() {
      reader.disconnect();
      await Promise.all(processes.map((running) => running.kill()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await simulator.stop();
      await redis.stop();
    },
  };
  return house;
}

/** Has a fault of that name befall a worker, and what is its own. Gives how to heal it. */
export function injectInto(
  house: SmallHouse,
  name: string,
  worker: ProxiedWorker,
  more: Partial<ProcessFaultContext> = {},
): Promise<Healing> {
  const fault = processFaults.find((one) => one.name === name);
  if (!fault) throw new Error(`there is no fault ${name}`);
  return fault.inject({
    dice: () => 0,
    redis: house.redis,
    workers: () => [{ ...worker, clock: { shift: () => undefined } }],
    api: () => ({ process: house.api }),
    subscribers: () => [],
    provider: house.provider,
    sleep: (ms) => pause(ms),
    ...more,
  });
}

/** A port that a service said it listens on. */
function portOf(running: RunningProcess, field: 'port' | 'opsPort'): number {
  const line = running.lines().find((text) => /"(api listening|worker running)"/.test(text));
  return Number((JSON.parse(line ?? '{}') as Record<string, unknown>)[field]);
}
