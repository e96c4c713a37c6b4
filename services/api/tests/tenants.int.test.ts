import type { Job, JobAction, JobActionsResult, JobList, Problem } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerRoutes } from '../src/provider-routes.js';
import type { Route } from '../src/route.js';
import { routeTable } from '../src/route-table.js';
import { openEvents } from './event-stream.js';
import { type Api, authenticating, newStatusUrl, setupApi, setupWorker } from './harness.js';

let api: Api;
let ours: string;
let theirs: string;
/** A job of ours in every state that has something to hide. */
const jobs: Job[] = [];

beforeAll(async () => {
  api = await setupApi(authenticating);
  ours = await api.keyOf('acme', 'admin');
  theirs = await api.keyOf('globex', 'admin');
  const worker = await setupWorker(api.redis);
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
afterAll(() => api.stop());

const nobody = '01890000-0000-7000-8000-000000000000';
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const ofOneJob = routeTable.filter(({ path }) => path.includes(':id'));
/** Those of all tenants are not for them at all: see providers.int.test.ts. */
const ofTheTenant = routeTable.filter(
  (route) => !route.path.includes(':id') && !providerRoutes.includes(route),
);
const state = async (): Promise<unknown[]> =>
  Promise.all(jobs.map(async ({ id }) => (await api.as(ours, 'get', `/v1/jobs/${id}`)).body));

/** Ways to ask about one job that could give it away. */
const variations = [
  { query: '', headers: {} },
  { query: '', headers: { 'If-None-Match': 'W/"1"' } },
  { query: '?wait=5', headers: {} },
  { query: '?wait=5', headers: { 'If-None-Match': 'W/"1", W/"2"' } },
  { query: '?provider=true', headers: {} },
];

/** Bodies that would change a job of one's own. */
const bodies: Readonly<Record<string, object>> = {
  'PATCH /v1/jobs/:id': { labels: { changed: 'by-globex' } },
};

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
        expect(hidden.status).toBe(absent.status);
        expect({ ...(hidden.body as Problem), instance: '' }).toEqual({
          ...(absent.body as Problem),
          instance: '',
        });
        expect(Object.keys(hidden.headers).toSorted()).toEqual(
          Object.keys(absent.headers).toSorted(),
        );
        expect(hidden.headers['etag']).toBeUndefined();
      }
    }
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
