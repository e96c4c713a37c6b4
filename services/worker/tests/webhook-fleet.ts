import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelValues } from '@bulkwatch/contract';
import { createProviderPolicy } from '@bulkwatch/egress';
import { createLogger, createMetrics, loadSettings, systemClock } from '@bulkwatch/runtime';
import { type NewEndpoint, openStore, type Store, type WebhookEngine } from '@bulkwatch/store';
import { startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { type RunningWebhooks, startWebhooks } from '../src/webhooks/start-webhooks.js';
import { silentReporter } from './silent-reporter.js';

/** What a receiver was sent. */
export interface Post {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly at: number;
}
export type Answer = (post: Post, response: ServerResponse, index: number) => void;

/** A receiver on a free loopback port that answers as the test says; 204 unless told otherwise. */
export async function startReceiver(
  answer: Answer = (_post, response) => response.writeHead(204).end(),
) {
  const posts: Post[] = [];
  const figures = { inFlight: 0, mostInFlight: 0 };
  const server = createServer(async (incoming, response) => {
    figures.inFlight += 1;
    figures.mostInFlight = Math.max(figures.mostInFlight, figures.inFlight);
    response.on('close', () => void (figures.inFlight -= 1));
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const { url: path = '', headers } = incoming;
    const post = { path, headers, body, at: Date.now() };
    answer(post, response, posts.push(post) - 1);
  });
  server.on('clientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=canary-query`,
    posts,
    figures,
    ids: () => posts.map(({ headers }) => headers['webhook-id']),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

let serial = 0;

/** A Redis of its own, a store as the api has it, and as many workers as a test asks for. */
export async function openWebhookFleet(env: Record<string, string> = {}) {
  // Killed, it loses nothing either way; ten thousand deliveries are not to wait for the disk each.
  const redis = await startRedis({ settings: { appendfsync: 'everysec' } });
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-webhooks-'));
  await writeFile(join(folder, 'seal-keys'), `k1 ${randomBytes(32).toString('base64')}\n`);
  const problems: string[] = [];
  const told: unknown[] = [];
  const lines: string[] = [];
  const settings = (more: Record<string, string> = {}) =>
    loadSettings('worker', {
      BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
      BULKWATCH_REDIS_URL: redis.url,
      BULKWATCH_SEAL_KEYS_FILE: join(folder, 'seal-keys'),
      BULKWATCH_WEBHOOK_RETRIES: '1s,1s,1s',
      BULKWATCH_WEBHOOK_TIMEOUT: '2s',
      ...env,
      ...more,
    });
  const open = (): Promise<Store> =>
    openStore(settings(), 'worker', {
      onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
      onWarning: () => undefined,
    });
  const store = await open();
  const closers: (() => Promise<void>)[] = [];
  const raw = new RedisClient(redis.url, { maxRetriesPerRequest: null });
  raw.on('error', () => undefined);

  return {
    redis,
    store,
    problems,
    open,
    /** Problems that workers told of, and the lines of their logs. */
    told,
    lines,
    /** A worker's webhooks, which may post to loopback. */
    async worker(
      more: Record<string, string> = {},
      changed: (engine: WebhookEngine) => WebhookEngine = (engine) => engine,
      logLevel = 'fatal',
    ) {
      const own = await open();
      const [sendNothing, cutOff] = [new AbortController(), new AbortController()];
      const metrics = createMetrics({ service: 'worker', labelValues });
      const webhooks: RunningWebhooks = startWebhooks(
        {
          settings: settings(more),
          store: { ...own, webhookEngine: changed(own.webhookEngine) },
          clock: systemClock,
          dice: Math.random,
          logger: createLogger({
            service: 'worker',
            level: logLevel,
            destination: { write: (line) => void lines.push(line) },
          }),
          metrics,
          reporter: {
            ...silentReporter,
            problem: (what, error) => void told.push(what, String(error)),
          },
          providers: { webhooks: anywhereOnLoopback },
          probing: { firstMs: 100, longestMs: 1_000 },
        },
        { sendNothing: sendNothing.signal, cutOff: cutOff.signal },
      );
      let isStopped = false;
      const stop = async (withinMs = 2_000): Promise<void> => {
        if (isStopped) return;
        isStopped = true;
        sendNothing.abort();
        cutOff.abort();
        await webhooks.stop(withinMs);
        await own.close();
      };
      closers.push(stop);
      return { stop, metrics, store: own };
    },
    async endpoint(endpoint: NewEndpoint, tenant = 'default') {
      const result = await store.webhooks.createEndpoint(tenant, endpoint);
      if (result.kind !== 'created') throw new Error(result.kind);
      return { ...result.endpoint, secret: result.secret };
    },
    /** Registers a job, which is an event. Returns its id. */
    async happen(tenant = 'default', more: { webhook?: { url: string; secret: string } } = {}) {
      serial += 1;
      const result = await store.jobs.register(tenant, {
        statusUrl: `https://ehr.example.org/status/${serial}`,
        protocol: 'fhir-bulk',
        provider: 'https://ehr.example.org',
        labels: { serial: String(serial) },
        firstDelayMs: 3_600_000,
        ...more,
      });
      if (result.kind !== 'created') throw new Error(result.kind);
      return result.job.id;
    },
    /** Looks behind the store. */
    raw,
    /** So many events of a tenant, recorded as if a worker had read them. */
    async flood(count: number, tenant = 'default') {
      const now = Date.now();
      const entries = Array.from({ length: count }, (_, at) => ({
        id: `${now}-${at}`,
        json: JSON.stringify({
          specversion: '1.0',
          id: `flood.registered.${at}`,
          source: `/bulkwatch/tenants/${tenant}`,
          type: 'bulkwatch.export.registered',
          subject: `flood-${at}`,
          data: { job: { labels: {} } },
        }),
      }));
      const lane = async (first: number): Promise<void> => {
        for (let from = first; from < count; from += 1_000)
          await store.webhookEngine.dispatch(entries.slice(from, from + 100));
      };
      await Promise.all([0, 100, 200, 300, 400, 500, 600, 700, 800, 900].map(lane));
    },
    /** Lets all leases run out, and what was given to whoever died be forgotten. */
    async passTime() {
      const stream = '{bulkwatch}:events';
      const group = 'bulkwatch-webhooks';
      const pending = (await raw.xpending(stream, group, '-', '+', 100)) as [string, string][];
      for (const [id, consumer] of pending)
        await raw.xclaim(stream, group, consumer, 0, id, 'IDLE', 3_600_000, 'JUSTID');
      for (const key of await raw.keys('{bulkwatch}:webhook-receiver:*'))
        await raw.hset(key, 'leaseUntil', 1);
      for (const id of await raw.zrange('{bulkwatch}:webhooks-due', '0', '-1'))
        await raw.zadd('{bulkwatch}:webhooks-due', 1, id);
    },
    async close() {
      raw.disconnect();
      for (const close of closers) await close();
      await store.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type WebhookFleet = Awaited<ReturnType<typeof openWebhookFleet>>;

const anywhereOnLoopback = {
  ...createProviderPolicy({ origins: [], allowHttp: true }),
  refuse: () => undefined,
  trustIn: () => 'private' as const,
};

/** A secret as the owner of a job's webhook would make it. */
export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;
