import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type Redis, startRedis } from '@bulkwatch/testkit';
import type { Part, ProxiedPart, WorkerPart } from '../fault.js';
import type { Ledger } from '../ledger.js';
import type { ChaosProvider } from '../provider/chaos-provider.js';
import type { Subject } from '../subject.js';
import { type HousePart, startPart, startProxiedPart } from './house-part.js';
import type { HouseSecrets } from './house-secrets.js';
import { type Environment, writeSettings } from './house-settings.js';
import { type ApiKey, makeApiKeys } from './make-api-keys.js';
import { untilReady } from './until-ready.js';
import { workerClock } from './worker-clock.js';

/** The house under test: Redis as shipped, one api, three workers, each behind a proxy of its own. */
export interface House {
  readonly redis: Redis;
  readonly apiUrl: string;
  readonly apiKeys: readonly ApiKey[];
  readonly workers: readonly WorkerPart[];
  readonly api: ProxiedPart;
  /** Processes that only listen; put here by `listen`. */
  readonly subscribers: readonly Part[];
  /** Every process of the house that can be asked for its metrics, and whose log is kept. */
  readonly parts: readonly HousePart[];
  /** Starts a process that listens to events, and keeps it running. */
  listen(name: string, args: readonly string[]): Promise<void>;
  /** Whatever faults have left behind: processes go on, proxies pass, Redis runs. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export interface HouseOptions {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly provider: ChaosProvider;
  readonly secrets: HouseSecrets;
  readonly subject: Subject;
  readonly webhookOrigin: string;
  /** Requests that a provider may have in flight. */
  readonly providerConcurrency: number;
  /** Where programs are looked for. */
  readonly path: string;
  readonly workers?: number;
}

export const tenants = ['default', 'acme'] as const;

const shippedRedisConf = fileURLToPath(new URL('../../../infra/redis/redis.conf', import.meta.url));

/** Starts it, and resolves when all of it is ready. Whatever was started is ended again where that fails. */
export async function startHouse(options: HouseOptions): Promise<House> {
  const { folder, ledger, provider, secrets, subject } = options;
  const redis = await startRedis({ conf: shippedRedisConf });
  const started: Started = { parts: [], workers: [], proxied: [], subscribers: [] };
  try {
    const base: Environment = {
      PATH: options.path,
      ...subject.env,
      ...(await writeSettings(provider, secrets, options)),
    };
    const apiKeys = subject.isWhole
      ? await makeApiKeys(tenants, { ...base, BULKWATCH_REDIS_URL: redis.url })
      : tenants.map((tenant) => ({ tenant, text: 'none' }));
    const apiUrl = await startServices(started, { ...options, base, redis });
    return {
      redis,
      apiUrl,
      apiKeys,
      api: started.proxied[0] as ProxiedPart,
      workers: started.workers,
      subscribers: started.subscribers,
      parts: started.parts,
      async listen(name, args) {
        const part = await startPart(
          { name, args, env: { PATH: options.path } },
          { folder, ledger },
        );
        started.parts.push(part);
        started.subscribers.push(part);
      },
      async mend() {
        for (const { process } of started.parts) process.resume();
        for (const { proxy } of started.proxied) {
          proxy.mend();
          proxy.delayMs = 0;
          proxy.bytesPerSecond = Number.POSITIVE_INFINITY;
        }
        redis.resume();
      },
      stop: () => stopAll(redis, started),
    };
  } catch (error) {
    await stopAll(redis, started);
    throw error;
  }
}

interface Started {
  readonly parts: HousePart[];
  readonly workers: WorkerPart[];
  /** The api first, then the workers. */
  readonly proxied: (HousePart & ProxiedPart)[];
  readonly subscribers: HousePart[];
}

async function startServices(
  { parts, workers, proxied }: Started,
  {
    base,
    redis,
    folder,
    ledger,
    subject,
    workers: workerCount = 3,
  }: HouseOptions & { base: Environment; redis: Redis },
): Promise<string> {
  const of = { redisPort: redis.port, folder, ledger };
  const ports = [await freePort(), await freePort()];
  const api = await startProxiedPart(
    (redisUrl) => ({
      name: 'api',
      args: [subject.mains.api],
      opsUrl: `http://127.0.0.1:${ports[1]}`,
      env: {
        ...base,
        BULKWATCH_REDIS_URL: redisUrl,
        BULKWATCH_API_PORT: String(ports[0]),
        BULKWATCH_API_OPS_PORT: String(ports[1]),
      },
    }),
    of,
  );
  parts.push(api);
  proxied.push(api);
  for (let number = 1; number <= workerCount; number += 1) {
    const name = `worker-${number}`;
    const { clock, nodeArgs } = workerClock(join(folder, `${name}.clock`));
    const opsPort = await freePort();
    const worker = await startProxiedPart(
      (redisUrl) => ({
        name,
        args: [...nodeArgs, workerMain(subject, number)],
        opsUrl: `http://127.0.0.1:${opsPort}`,
        env: {
          ...base,
          BULKWATCH_REDIS_URL: redisUrl,
          BULKWATCH_WORKER_OPS_PORT: String(opsPort),
        },
      }),
      of,
    );
    parts.push(worker);
    proxied.push(worker);
    workers.push(Object.assign(worker, { clock }));
  }
  await Promise.all(parts.map(({ opsUrl }) => untilReady(`${opsUrl}/readyz`)));
  return `http://127.0.0.1:${ports[0]}`;
}

const workerMain = ({ mains }: Subject, number: number): string =>
  number === 2 ? (mains.secondWorker ?? mains.worker) : mains.worker;

async function stopAll(redis: Redis, { parts, proxied }: Started): Promise<void> {
  await Promise.all(parts.map(({ supervised }) => supervised.stop()));
  await Promise.all(proxied.map(({ proxy }) => proxy.close()));
  await redis.stop();
}
