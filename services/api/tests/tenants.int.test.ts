import type {
  Job,
  JobAction,
  JobActionsResult,
  JobList,
  Problem,
  WebhookEndpoint,
  WebhookEndpointList,
} from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerRoutes } from '../src/provider-routes.js';
import type { Route } from '../src/route.js';
import { routeTable } from '../src/route-table.js';
import { openEvents } from './event-stream.js';
import { type Api, authenticating, newStatusUrl, setupApi, setupWorker } from './harness.js';
import { withFiles } from './with-files.js';

let api: Api;
let ours: string;
let theirs: string;
/** A job of ours in every state that has something to hide. */
const jobs: Job[] = [];
let endpoint: WebhookEndpoint;
const receiver = 'https://hooks.example.org';
let files: Awaited<ReturnType<typeof withFiles>>;

beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n` });
  api = await setupApi({
    ...authenticating,
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
    BULKWATCH_WEBHOOK_ORIGINS: receiver,
  });
  ours = await api.keyOf('acme', 'admin');
  theirs = await api.keyOf('globex', 'admin');
  const made = await api.as(ours, 'post', '/v1/webhook-endpoints').send({ url: receiver });
  endpoint = made.body as WebhookEndpoint;
  await api.as(ours, 'post', `/v1/webhook-endpoints/${endpoint.id}/test`).expect(202);
  const worker = await setupWorker(api.redis, files.path('seal-keys'));
  for (let n = 0; n < 3; n += 1) {
    const labels = { secret: `label-of-acme-${n}` };
    const response = await api
      .as(ours, 'post', '/v1/jobs')
      .set('Idempotency-Key', `key-${n}`)
      .send({ statusUrl: newStatusUrl(), labels })
      .expect(201);
    jobs.push(response.body as Job);
  }
  await worker.reportProgress(jobs[1]?.id ?? '', 'half');
  await worker.complete(jobs[2]?.id ?? '', Buffer.from('{"output":[],"error":[]}'));
  await worker.close();
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

const nobody = '01890000-0000-7000-8000-000000000000';
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const ofOneJob = routeTable.filter(({ path }) => path.includes(':id'));
const ofOneEndpoint = routeTable.filter(({ path }) => path.includes(':endpoint'));
/** Those of all tenants are not for them at all: see providers.int.test.ts. */
const ofTheTenant = routeTable.filter(
  (route) =>
    !ofOneJob.includes(route) && !ofOneEndpoint.includes(route) && !providerRoutes.includes(route),
);
/** All that others could change. */
const state = async (): Promise<unknown[]> => {
  const hook = `/v1/webhook-endpoints/${endpoint.id}`;
  const paths = [...jobs.map(({ id }) => `/v1/jobs/${id}`), hook, `${hook}/deliveries`];
  return Promise.all(paths.map(async (path) => (await api.as(ours, 'get', path)).body as unknown));
};

/** Ways to ask about one job that could give it away. */
const variations = [
  { query: '', headers: {} },
  { query: '', headers: { 'If-None-Match': 'W/"1"' } },
  { query: '?wait=5', headers: {} },
  { query: '?wait=5', headers: { 'If-None-Match': 'W/"1", W/"2"' } },
  { query: '?provider=true', headers: {} },
];

/** Bodies that would change something of one's own. */
const bodies: Readonly<Record<string, object>> = {
  'PATCH /v1/jobs/:id': { labels: { changed: 'by-globex' } },
  'POST /v1/jobs/:id/acknowledge': { subscriber: 'loader-of-globex' },
  'PATCH /v1/webhook-endpoints/:endpoint': { enabled: false, url: `${receiver}/of-globex` },
  'POST /v1/webhook-endpoints/:endpoint/replay': { since: '2001-01-01T00:00:00Z' },
};

/** What is answered, less what tells one request from another. */
const said = ({ status, body, headers }: Response) => ({
  status,
  body: { ...(body as Problem), instance: '' },
  headers: Object.keys(headers).toSorted(),
});

describe.each(ofOneJob)('$method $path, asked by another tenant', (route) => {
  it('answers as if there were no such job, at once, and changes nothing', async () => {
    const before = await state();
    for (const { query, headers } of variations) {
      const ask = (id: string) =>
        api
          .as(theirs, route.method, route.path.replace(':id', id) + query)
          .set(headers)
          .send(bodies[nameOf(route)]);
      const absent = await ask(nobody);
      if (query === '') expect(absent.status).toBe(404);
      for (const { id } of jobs) {
        const startedAtMs = performance.now();
        const hidden = await ask(id);
        expect(performance.now() - startedAtMs).toBeLessThan(2_000);
        expect(said(hidden)).toEqual(said(absent));
        expect(hidden.headers['etag']).toBeUndefined();
      }
    }
    expect(await state()).toEqual(before);
  });
});

describe.each(ofOneEndpoint)('$method $path, asked by another tenant', (route) => {
  it('answers as if there were no such endpoint, and changes nothing', async () => {
    const before = await state();
    const ask = (id: string) =>
      api.as(theirs, route.method, route.path.replace(':endpoint', id)).send(bodies[nameOf(route)]);
    const [absent, hidden] = [await ask(nobody), await ask(endpoint.id)];

    expect(absent.status).toBe(404);
    expect(said(hidden)).toEqual(said(absent));
    expect(await state()).toEqual(before);
  });
});

/** What each action would do something with. */
const touched: Readonly<Record<JobAction, string>> = {
  pause: 'registered',
  resume: 'in-progress',
  poll: 'in-progress',
  refresh: 'completed',
  republish: 'completed',
  cancel: 'in-progress',
};

/** What each call that names no job gives to another tenant; a route without a row here fails the test below. */
const collections: Readonly<Record<string, () => Promise<void>>> = {
  'GET /v1/jobs': async () => {
    const first = await api.as(ours, 'get', '/v1/jobs?limit=1').expect(200);
    const { nextCursor } = first.body as JobList;
    for (const query of [
      '',
      `?cursor=${nextCursor}`,
      '?state=completed',
      '?label=secret:label-of-acme-0',
    ]) {
      const list = (await api.as(theirs, 'get', `/v1/jobs${query}`).expect(200)).body as JobList;
      expect(list).toEqual({ jobs: [], nextCursor: null });
    }
  },

  'POST /v1/jobs': async () => {
    const [job] = jobs;
    const again = await api
      .as(theirs, 'post', '/v1/jobs')
      .set('Idempotency-Key', 'key-0')
      .send({ statusUrl: job?.statusUrl })
      .expect(201);
    expect((again.body as Job).id).not.toBe(job?.id);
    expect((again.body as Job).labels).toEqual({});
    await api.as(theirs, 'delete', `/v1/jobs/${(again.body as Job).id}`).expect(200);
  },

  'POST /v1/jobs/batch': async () => {
    const response = await api
      .as(theirs, 'post', '/v1/jobs/batch')
      .type('application/x-ndjson')
      .send(JSON.stringify({ statusUrl: jobs[1]?.statusUrl }))
      .expect(200);
    const { status, job } = JSON.parse(response.text) as { status: number; job: Job };
    expect(status).toBe(201);
    expect(jobs.map(({ id }) => id)).not.toContain(job.id);
    await api.as(theirs, 'delete', `/v1/jobs/${job.id}`).expect(200);
  },

  'GET /v1/events': async () => {
    const headers = { Authorization: `Bearer ${theirs}` };
    const stream = await openEvents(api.port, '?lastEventId=0', headers);
    const made = await api
      .as(theirs, 'post', '/v1/jobs')
      .send({ statusUrl: newStatusUrl() })
      .expect(201);
    await eventually(() =>
      expect(stream.eventIds()).toContain(`${(made.body as Job).id}.registered.0`),
    );
    expect(stream.text).not.toContain('acme');
    for (const { id } of jobs) expect(stream.text).not.toContain(id);
    stream.close();
  },

  'GET /v1/webhook-endpoints': async () => {
    const list = await api.as(theirs, 'get', '/v1/webhook-endpoints').expect(200);
    expect((list.body as WebhookEndpointList).webhookEndpoints).toEqual([]);
  },

  'POST /v1/webhook-endpoints': async () => {
    const made = await api
      .as(theirs, 'post', '/v1/webhook-endpoints')
      .send({ url: receiver })
      .expect(201);
    const { id } = made.body as WebhookEndpoint;
    expect(id).not.toBe(endpoint.id);
    await api
      .as(theirs, 'post', `/v1/webhook-endpoints/${id}/replay`)
      .send({ since: '2001-01-01T00:00:00Z' })
      .expect(202);
    const log = await api.as(theirs, 'get', `/v1/webhook-endpoints/${id}/deliveries`).expect(200);
    for (const job of jobs) expect(log.text).not.toContain(job.id);
    await api.as(theirs, 'delete', `/v1/webhook-endpoints/${id}`).expect(204);
  },

  'POST /v1/jobs/actions': async () => {
    for (const [action, state] of Object.entries(touched)) {
      const response = await api
        .as(theirs, 'post', '/v1/jobs/actions')
        .send({ action, filter: { state } })
        .expect(200);
      const { results } = response.body as JobActionsResult;
      expect(results.filter(({ id }) => jobs.some((job) => job.id === id))).toEqual([]);
    }
  },
};

describe('the calls that name no job', () => {
  it('are all looked at', () => {
    expect(Object.keys(collections).toSorted()).toEqual(ofTheTenant.map(nameOf).toSorted());
  });

  it.each(Object.entries(collections))(
    '%s shows and takes nothing of ours',
    async (_name, check) => {
      const before = await state();
      await check();
      expect(await state()).toEqual(before);
    },
  );
});

it('our own job is there for us', async () => {
  for (const { id } of jobs) await api.as(ours, 'get', `/v1/jobs/${id}`).expect(200);
  expect(((await api.as(ours, 'get', '/v1/jobs')).body as JobList).jobs).toHaveLength(3);
});
