import { describe, expect, it } from 'vitest';
import { routeTable } from '../../../services/api/src/route-table.js';
import { type Client, createClient } from '../src/index.js';
import { json, scriptedServer } from './scripted-server.js';

const origin = 'https://ehr.example.org';
const filter = { state: 'registered', labels: { study: 'a:b', site: 'north' } } as const;

/** Each call once, with what it takes, and the query and body that come of it. */
const calls: Readonly<
  Record<string, { call: (client: Client) => unknown; query?: string; body?: unknown }>
> = {
  listJobs: {
    call: (client) => client.listJobs(filter, { limit: 2, cursor: 'c' }),
    query: 'state=registered&cursor=c&limit=2&label=study%3Aa%3Ab&label=site%3Anorth',
  },
  registerJob: {
    call: (client) => client.registerJob({ statusUrl: 'https://x.org/1' }),
    body: { statusUrl: 'https://x.org/1' },
  },
  registerBatch: {
    call: (client) => client.registerBatch([{ statusUrl: 'https://x.org/1' }]).next(),
    body: { statusUrl: 'https://x.org/1' },
  },
  controlJobs: {
    call: (client) => client.controlJobs({ action: 'pause', filter }),
    body: { action: 'pause', filter },
  },
  pauseJob: { call: (client) => client.pauseJob('1') },
  resumeJob: { call: (client) => client.resumeJob('1') },
  pollNow: { call: (client) => client.pollNow('1', { force: true }), body: { force: true } },
  refreshJob: {
    call: (client) => client.refreshJob('1', { bearerToken: 't' }),
    body: { bearerToken: 't' },
  },
  acknowledgeJob: {
    call: (client) => client.acknowledgeJob('1', { subscriber: 'a', bearerToken: 't' }),
    body: { subscriber: 'a', bearerToken: 't' },
  },
  republishEvent: { call: (client) => client.republishEvent('1') },
  getJob: { call: (client) => client.getJob('1') },
  amendJob: { call: (client) => client.amendJob('1', { labels: {} }), body: { labels: {} } },
  cancelJob: {
    call: (client) => client.cancelJob('1', { deleteAtProvider: true }),
    query: 'provider=true',
  },
  getManifest: { call: (client) => client.getManifest('1') },
  listPolls: { call: (client) => client.listPolls('1') },
  getExportLog: { call: (client) => client.getExportLog('1') },
  listProviders: { call: (client) => client.listProviders({ limit: 2 }), query: 'limit=2' },
  getProvider: { call: (client) => client.getProvider(origin, { days: 30 }), query: 'days=30' },
  pauseProvider: { call: (client) => client.pauseProvider(origin) },
  resumeProvider: { call: (client) => client.resumeProvider(origin) },
  pauseEverything: { call: (client) => client.pauseEverything() },
  resumeEverything: { call: (client) => client.resumeEverything() },
  createWebhookEndpoint: {
    call: (client) => client.createWebhookEndpoint({ url: 'https://x.org/hook' }),
    body: { url: 'https://x.org/hook' },
  },
  listWebhookEndpoints: { call: (client) => client.listWebhookEndpoints() },
  getWebhookEndpoint: { call: (client) => client.getWebhookEndpoint('e/1') },
  amendWebhookEndpoint: {
    call: (client) => client.amendWebhookEndpoint('e/1', { enabled: true }),
    body: { enabled: true },
  },
  deleteWebhookEndpoint: { call: (client) => client.deleteWebhookEndpoint('e/1') },
  rotateWebhookSecret: {
    call: (client) => client.rotateWebhookSecret('e/1', { overlapSeconds: 60 }),
    body: { overlapSeconds: 60 },
  },
  testWebhookEndpoint: { call: (client) => client.testWebhookEndpoint('e/1') },
  listWebhookDeliveries: {
    call: (client) => client.listWebhookDeliveries('e/1', { state: 'failed', limit: 2 }),
    query: 'state=failed&limit=2',
  },
  replayWebhook: {
    call: (client) => client.replayWebhook('e/1', { state: 'failed' }),
    body: { state: 'failed' },
  },
  listJobDeliveries: {
    call: (client) => client.listJobDeliveries('1', { cursor: 'c' }),
    query: 'cursor=c',
  },
};

/** Streams are subscribed to, not called. */
const called = routeTable.filter(({ path }) => path !== '/v1/events');

/** All that any of the answers cannot do without. */
const anyAnswer = {
  id: '1',
  state: 'registered',
  settledAt: null,
  line: 1,
  eventId: 'kickoff',
  status: 201,
  jobs: [],
  results: [],
  polls: [],
  providers: [],
  nextCursor: null,
  origin,
  scorecard: {},
  pausedAt: null,
  url: 'https://x.org/hook',
  secret: 's',
  previousSecretUntil: null,
  webhookEndpoints: [],
  deliveryId: '1',
  deliveries: [],
  replayedCount: 0,
  more: null,
};

describe('every route of the api', () => {
  it.each(called)(
    '$name has a call of that name, which sends it',
    async ({ name, method, path }) => {
      await using server = await scriptedServer(json(200, anyAnswer));
      const row = calls[name];

      expect(row).toBeDefined();
      await row?.call(createClient(server));

      const [request] = server.received;
      const target = path
        .replace(':id', '1')
        .replace(':endpoint', encodeURIComponent('e/1'))
        .replace(':origin', encodeURIComponent(origin));
      expect(request?.method).toBe(method.toUpperCase());
      expect(request?.target).toBe(row?.query === undefined ? target : `${target}?${row.query}`);
      expect(request?.body === '' ? undefined : JSON.parse(request?.body ?? '')).toEqual(row?.body);
    },
  );

  it('is one that there is', () => {
    expect(Object.keys(calls).toSorted()).toEqual(called.map(({ name }) => name).toSorted());
  });
});

describe('a call that goes through pages', () => {
  it('asks for a page when the one before has been taken', async () => {
    const page = (id: string, nextCursor: string | null) =>
      json(200, { jobs: [{ id }], nextCursor });
    await using server = await scriptedServer(page('2', 'next'), page('1', null));
    const jobs = createClient(server).eachJob({ state: 'completed' }, { limit: 1 });

    expect((await jobs.next()).value).toEqual({ id: '2' });
    expect(server.received).toHaveLength(1);
    expect((await jobs.next()).value).toEqual({ id: '1' });
    expect((await jobs.next()).done).toBe(true);
    expect(server.received.map(({ target }) => target)).toEqual([
      '/v1/jobs?state=completed&limit=1',
      '/v1/jobs?state=completed&cursor=next&limit=1',
    ]);
  });

  it('goes on where the rate limit ended a page, even before its first job', async () => {
    const results = [{ id: '1', status: 200 }];
    await using server = await scriptedServer(
      json(200, { results, nextCursor: 'a', retryAfterSeconds: 1 }),
      json(200, { results: [], nextCursor: null, retryAfterSeconds: 1 }),
      json(200, { results, nextCursor: null }),
    );
    const taken = [];
    for await (const result of createClient(server).controlEachJob({ action: 'pause', filter }))
      taken.push(result);

    expect(taken).toHaveLength(2);
    expect(
      server.received.map(({ body }) => (JSON.parse(body) as { cursor?: string }).cursor),
    ).toEqual([undefined, 'a', 'a']);
    const [first, second] = server.received.map(({ atMs }) => atMs) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  it('does not wait for a quota that never lasts, nor for too long', async () => {
    const none = (retryAfterSeconds: number) =>
      json(200, { results: [], nextCursor: null, retryAfterSeconds });
    await using soon = await scriptedServer(none(0));
    await using late = await scriptedServer(none(61));
    const pause = { action: 'pause', filter } as const;

    for (const [server, requests] of [
      [soon, 2],
      [late, 1],
    ] as const) {
      const results = createClient({ ...server, retries: 1 }).controlEachJob(pause);
      await expect(results.next()).rejects.toMatchObject({ reason: 'too-many-requests' });
      expect(server.received).toHaveLength(requests);
    }
  });

  it('goes through deliveries alike', async () => {
    const page = (id: string, nextCursor: string | null) =>
      json(200, { deliveries: [{ id }], nextCursor });
    await using server = await scriptedServer(page('2', 'next'), page('1', null));
    const ids: string[] = [];
    const options = { state: 'failed', limit: 1 } as const;
    for await (const { id } of createClient(server).eachWebhookDelivery('e', options)) ids.push(id);

    expect(ids).toEqual(['2', '1']);
    expect(server.received[1]?.target).toBe(
      '/v1/webhook-endpoints/e/deliveries?state=failed&cursor=next&limit=1',
    );
  });

  it('goes through providers alike', async () => {
    const page = (id: string, nextCursor: string | null) =>
      json(200, { providers: [{ origin: id }], nextCursor });
    await using server = await scriptedServer(page('a', 'next'), page('b', null));
    const origins: string[] = [];
    for await (const provider of createClient(server).eachProvider()) origins.push(provider.origin);

    expect(origins).toEqual(['a', 'b']);
  });
});
