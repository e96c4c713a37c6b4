import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportEvent } from '@bulkwatch/contract';
import type { Complete, PollAgain } from '@bulkwatch/core';
import { type RedisOptions, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import {
  type Claim,
  type ClaimResult,
  createStore,
  type JobRecord,
  type NewJob,
  type Store,
  type StoreOptions,
} from '../src/index.js';
import type { StoreLimits } from '../src/store-context.js';
import { checkEvent } from './check-event.js';

export const limits: StoreLimits = {
  trackingDeadlineMs: 30 * 24 * 60 * 60 * 1000,
  eventsMaxLength: 10_000,
  timelineLength: 5,
  eventManifestMaxBytes: 4096,
  expiringThresholdsMs: [86_400_000, 21_600_000, 3_600_000],
  requestBudgetMs: 5_000,
  retryAfterFloorMs: 100,
  gate: { concurrency: 1_000, perSecond: 10_000, burst: 1_000 },
  circuit: { failures: 10, probeFirstMs: 15_000, probeLongestMs: 300_000 },
  webhooks: {
    endpointsMax: 16,
    bodyMaxBytes: 20_480,
    logRetentionMs: 7 * 86_400_000,
    logLength: 20_000,
  },
};

export const tenant = 'default';
let serial = 0;

export function newJob(overrides: Partial<NewJob> = {}): NewJob {
  serial += 1;
  return {
    statusUrl: `https://ehr.example/status/${serial}?t=secret`,
    protocol: 'fhir-bulk',
    provider: 'https://ehr.example',
    labels: {},
    firstDelayMs: 0,
    ...overrides,
  };
}

export const pollAgain = (overrides: Partial<PollAgain> = {}): PollAgain => ({
  next: 'poll-again',
  delayMs: 60_000,
  health: 'ok',
  inProgress: true,
  progressed: false,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  anomalies: [],
  ...overrides,
});

export const manifestText =
  '{"transactionTime":"2026-01-04T17:42:25.000Z","output":[{"type":"Patient","url":"u"}]}';

export const complete: Complete = {
  next: 'complete',
  manifest: new TextEncoder().encode(manifestText),
  summary: {
    outputCount: 1,
    errorCount: 0,
    transactionTime: '2026-01-04T17:42:25.000Z',
    bytes: manifestText.length,
  },
  anomalies: [],
};

export const facts = {
  method: 'GET',
  status: 200,
  durationMs: 12,
  requestId: 'opc-1',
  verdict: 'up',
} as const;

/** Lines of a key ring. */
export const sealKeys = {
  k1: `k1 ${randomBytes(32).toString('base64')}`,
  k2: `k2 ${randomBytes(32).toString('base64')}`,
} as const;

/** A store on a Redis of its own, and a plain client to look behind it. */
export async function openBench(overrides: Partial<StoreLimits> = {}, options: RedisOptions = {}) {
  const redis = await startRedis(options);
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-store-'));
  const sealKeysFile = join(folder, 'seal-keys');
  const writeSealKeys = (...lines: readonly string[]): Promise<void> =>
    writeFile(sealKeysFile, `${lines.join('\n')}\n`);
  await writeSealKeys(sealKeys.k1);
  const problems: string[] = [];
  const open = (
    role: 'api' | 'worker' = 'worker',
    changes: Partial<StoreOptions> = {},
  ): Promise<Store> =>
    createStore({
      redisUrl: redis.url,
      role,
      connectTimeoutMs: 5_000,
      sealKeysFile,
      limits: { ...limits, ...overrides },
      onProblem: (what) => problems.push(what),
      ...changes,
    });
  const store = await open();
  const raw = new RedisClient(redis.url, { maxRetriesPerRequest: null });
  raw.on('error', () => undefined);

  /** Asks for the right to poll, as a wake-up does. */
  const tryClaim = (jobId: string, wake = 1): Promise<ClaimResult> =>
    store.jobs.claimPoll({ jobId, wake }, { nonce: randomNonce(), dice: 0 });

  return {
    redis,
    raw,
    store,
    jobs: store.jobs,
    open,
    /** The key ring from now on; stores that are open follow it after a while. */
    writeSealKeys,
    problems,
    async register(job: NewJob = newJob()): Promise<JobRecord> {
      const result = await store.jobs.register(tenant, job);
      if (result.kind !== 'created') throw new Error(`not created but ${result.kind}`);
      return result.job;
    },
    tryClaim,
    async claim(jobId: string, wake = 1): Promise<Claim> {
      const result = await tryClaim(jobId, wake);
      if (result.kind !== 'claimed') throw new Error(`not claimed but ${JSON.stringify(result)}`);
      return result.claim;
    },
    /** The text of a manifest that can be read. */
    async manifestText(jobId: string): Promise<string> {
      const manifest = await store.jobs.manifest(tenant, jobId);
      if (manifest.kind !== 'opened') throw new Error(`not opened but ${manifest.kind}`);
      return Buffer.from(manifest.bytes).toString();
    },
    /** Pages that can be read. */
    async pages(claim: Claim, exceptUrl?: string): Promise<readonly Uint8Array[]> {
      const collected = await store.jobs.collectedPages(claim, exceptUrl);
      if (collected.kind !== 'opened') throw new Error(`not opened but ${collected.kind}`);
      return collected.pages;
    },
    /** All events, oldest first, each proven to be one. */
    async events(): Promise<ExportEvent[]> {
      const entries = await raw.xrange('{bulkwatch}:events', '-', '+');
      return entries.map(([, [, json]]) => checkEvent(json ?? ''));
    },
    async close() {
      raw.disconnect();
      await store.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

export const randomNonce = (): string => randomBytes(8).toString('hex');
