import type { Scope } from '@bulkwatch/contract';
import { createLogger, loadSettings, type Settings } from '@bulkwatch/runtime';
import { createStore, type JobRecord, type Store } from '@bulkwatch/store';
import { eventually, type Redis, startRedis } from '@bulkwatch/testkit';
import supertest from 'supertest';
import { createContext } from '../src/context.js';
import { createHttpServer } from '../src/http-server.js';
import { createServer } from '../src/server.js';
import { keepsContract } from './keeps-contract.js';

type Method = 'get' | 'put' | 'patch' | 'options' | 'post' | 'delete';

/** Settings under which callers have to say who they are. */
export const authenticating = { BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false' };

/** The only origin that may be polled. */
export const provider = 'https://ehr.example.org';

let statusUrls = 0;
/** A status URL that no other test uses. */
export const newStatusUrl = (): string => `${provider}/bulk-export/jobs/${(statusUrls += 1)}`;

/** Settings as the environment would give them, on free ports. */
export function settingsFor(redisUrl: string, env: Record<string, string> = {}): Settings {
  return loadSettings('api', {
    BULKWATCH_REDIS_URL: redisUrl,
    BULKWATCH_PROVIDER_ORIGINS: provider,
    BULKWATCH_API_PORT: '0',
    BULKWATCH_API_OPS_PORT: '0',
    BULKWATCH_LOG_LEVEL: 'trace',
    BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
    ...env,
  });
}

/** A logger, at the most verbose level unless told otherwise, that writes its lines into a list. */
export const loggerInto = (log: string[], level = 'trace') =>
  createLogger({
    service: 'api',
    level,
    destination: { write: (line: string) => void log.push(line) },
  });

/** The api's application over a Redis of its own, or that one, called as callers do. */
export async function setupApi(env: Record<string, string> = {}, running?: Redis) {
  const redis = running ?? (await startRedis());
  const settings = settingsFor(redis.url, env);
  const log: string[] = [];
  const context = await createContext(settings, loggerInto(log, settings.logLevel));
  const server = createHttpServer(createServer(context), settings.apiWaitMaxMs);
  const { port } = await server.listen(0, '127.0.0.1');
  const caller = supertest(`http://127.0.0.1:${port}`);

  const call = {
    get: (path: string) => caller.get(path).expect(keepsContract),
    head: (path: string) => caller.head(path).expect(keepsContract),
    post: (path: string) => caller.post(path).expect(keepsContract),
    delete: (path: string) => caller.delete(path).expect(keepsContract),
    any: (method: Method, path: string) => caller[method](path).expect(keepsContract),
    /** A call of somebody who sends this key or token. */
    as: (text: string, method: Method, path: string) =>
      caller[method](path).set('Authorization', `Bearer ${text}`).expect(keepsContract),
    /** Makes an API key and returns its text. */
    async keyOf(tenant: string, ...scopes: Scope[]): Promise<string> {
      const made = await context.store.apiKeys.create({ tenant, name: `of ${tenant}`, scopes });
      return made.text.reveal();
    },
  };
  const register = async (body: object = {}): Promise<string> => {
    const response = await call
      .post('/v1/jobs')
      .send({ statusUrl: newStatusUrl(), ...body })
      .expect(201);
    return (response.body as { id: string }).id;
  };

  return {
    ...call,
    register,
    context,
    redis,
    port,
    log,
    async stop() {
      context.jobWatch.stop();
      context.subscribers.stop();
      await server.close();
      await context.keySet?.close();
      await context.store.close();
      await redis.stop();
    },
  };
}

export type Api = Awaited<ReturnType<typeof setupApi>>;

/** Does to jobs what a worker does, through the store's own transitions; it seals where it has a key ring. */
export async function setupWorker(redis: Redis, sealKeysFile?: string) {
  const settings = settingsFor(redis.url);
  const store = await createStore({
    redisUrl: redis.url,
    role: 'worker',
    connectTimeoutMs: 5_000,
    sealKeysFile,
    limits: {
      trackingDeadlineMs: settings.trackingDeadlineMs,
      eventsMaxLength: settings.eventsMaxLength,
      timelineLength: settings.timelineLength,
      eventManifestMaxBytes: settings.eventManifestMaxBytes,
      expiringThresholdsMs: settings.expiringThresholdsMs,
      requestBudgetMs: 1_000,
      retryAfterFloorMs: 1,
      gate: { concurrency: 1_000, perSecond: 10_000, burst: 1_000 },
      circuit: { failures: 10, probeFirstMs: 15_000, probeLongestMs: 300_000 },
      webhooks: {
        endpointsMax: 16,
        bodyMaxBytes: 20_480,
        logRetentionMs: 7 * 86_400_000,
        logLength: 20_000,
      },
    },
    onProblem: () => undefined,
  });
  return { ...transitions(store), close: () => store.close() };
}

function transitions({ jobs, providers }: Store) {
  let polls = 0;
  const claim = (jobId: string, wake = 1) =>
    eventually(async () => {
      polls += 1;
      const result = await jobs.claimPoll({ jobId, wake }, { nonce: `poll-${polls}`, dice: 0 });
      if (result.kind !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(result)}`);
      return result.claim;
    });
  const facts = { method: 'GET', durationMs: 12, requestId: 'opc-1', verdict: 'up' } as const;
  const unfailed = { failureCount: 0, backoffCount: 0, suspectCount: 0, anomalies: [] } as const;

  return {
    /** A poll that says how far the export is; the next one is of our own accord. */
    async reportProgress(jobId: string, progress: string, delayMs = 1): Promise<void> {
      await jobs.applyDecision(
        await claim(jobId),
        {
          next: 'poll-again',
          delayMs,
          requestedDelayMs: 1,
          health: 'ok',
          inProgress: true,
          progress,
          progressed: true,
          ...unfailed,
        },
        { ...facts, status: 202 },
      );
    },
    /** A poll that brings the manifest. */
    async complete(jobId: string, manifest: Uint8Array): Promise<void> {
      await jobs.applyDecision(
        await claim(jobId),
        {
          next: 'complete',
          manifest,
          summary: {
            outputCount: 1,
            errorCount: 0,
            transactionTime: '2026-01-01T00:00:00Z',
            bytes: manifest.byteLength,
          },
          anomalies: [],
        },
        { ...facts, status: 200 },
      );
    },
    /** A poll that says that the export is over without a manifest. */
    async fail(jobId: string): Promise<void> {
      await jobs.applyDecision(
        await claim(jobId),
        { next: 'fail', reason: 'export-failed', detail: 'out of disk' },
        { ...facts, status: 500 },
      );
    },
    /** A refresh that brings nothing. */
    async failRefresh(jobId: string): Promise<void> {
      await jobs.applyDecision(
        await claim(jobId, 2),
        { next: 'refresh-failed', reason: 'export-expired' },
        { ...facts, status: 404 },
      );
    },
    /** A poll that is due, but that a pause of everything keeps from being sent. */
    async hold(jobId: string): Promise<void> {
      await providers.pauseAll('of ops');
      await jobs.claimPoll({ jobId, wake: 1 }, { nonce: `held-${jobId}`, dice: 0 });
      await providers.resumeAll();
    },
    read: (jobId: string): Promise<JobRecord | undefined> => jobs.get('default', jobId),
  };
}
