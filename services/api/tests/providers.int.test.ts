import type { Pause, Provider, ProviderDetail, ProviderList } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerRoutes } from '../src/provider-routes.js';
import {
  type Api,
  authenticating,
  newStatusUrl,
  provider,
  setupApi,
  setupWorker,
} from './harness.js';

let api: Api;
let reader: string;
let operator: string;
const pathOf = (origin: string): string => `/v1/providers/${encodeURIComponent(origin)}`;
const readProvider = async (): Promise<ProviderDetail> =>
  (await api.as(reader, 'get', pathOf(provider)).expect(200)).body as ProviderDetail;
const readEverything = async (): Promise<Pause> =>
  ((await api.as(reader, 'get', '/v1/providers').expect(200)).body as ProviderList).everything;

const auditLines = (from: number): readonly { readonly target?: unknown }[] =>
  api.log
    .slice(from)
    .map((line) => JSON.parse(line) as { audit?: true; target?: unknown })
    .filter(({ audit }) => audit);

beforeAll(async () => {
  api = await setupApi(authenticating);
  reader = await api.keyOf('default', 'jobs:read');
  operator = await api.keyOf('default', 'providers:write');
  const writer = await api.keyOf('acme', 'jobs:write');
  for (let n = 0; n < 2; n += 1)
    await api.as(writer, 'post', '/v1/jobs').send({ statusUrl: newStatusUrl() }).expect(201);
});
afterAll(() => api.stop());

describe('GET /v1/providers', () => {
  it('lists the providers of all tenants', async () => {
    const { body } = await api.as(reader, 'get', '/v1/providers').expect(200);
    expect(body).toMatchObject({
      providers: [{ origin: provider, openJobCount: 2, circuit: 'closed', pausedAt: null }],
      nextCursor: null,
    });
    const { headers } = await api.as(reader, 'get', '/v1/providers?limit=1').expect(200);
    expect(headers).not.toHaveProperty('link');
  });

  it('goes on from page to page', async () => {
    const job = { protocol: 'fhir-bulk', labels: {}, firstDelayMs: 0 };
    for (const origin of ['https://a.example', 'https://b.example'])
      await api.context.store.jobs.register('globex', {
        ...job,
        statusUrl: `${origin}/1`,
        provider: origin,
      });
    const seen: string[] = [];
    let path: string | undefined = '/v1/providers?limit=1';
    while (path !== undefined) {
      const response: { body: unknown; headers: Record<string, unknown> } = await api
        .as(reader, 'get', path)
        .expect(200);
      seen.push(...(response.body as ProviderList).providers.map(({ origin }) => origin));
      path = /<([^>]+)>; rel="next"/.exec(String(response.headers['link']))?.[1];
    }
    expect(seen).toEqual(['https://a.example', 'https://b.example', provider]);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'page=2'])('refuses ?%s', async (query) => {
    await api.as(reader, 'get', `/v1/providers?${query}`).expect(400);
  });
});

describe('GET /v1/providers/{origin}', () => {
  it('shows the scorecard of as many days as asked for', async () => {
    const worker = await setupWorker(api.redis);
    const job = (await api.context.store.jobs.list('acme', {}, { cursor: undefined, limit: 1 }))
      .jobs[0];
    await worker.reportProgress(job?.id ?? '', '50%');
    await worker.close();

    const detail = await readProvider();
    expect(detail.scorecard).toMatchObject({
      pollCount: 1,
      answers: [{ status: 202, outcome: 'in-progress', count: 1, share: 1 }],
    });
    const dayCount = ({ fromDay, toDay }: ProviderDetail['scorecard']): number =>
      1 + (Date.parse(toDay) - Date.parse(fromDay)) / 86_400_000;
    expect(dayCount(detail.scorecard)).toBe(7);
    const month = await api.as(reader, 'get', `${pathOf(provider)}?days=30`).expect(200);
    expect(dayCount((month.body as ProviderDetail).scorecard)).toBe(30);
  });

  it.each(['days=0', 'days=36', 'days=1.5', 'format=csv'])('refuses ?%s', async (query) => {
    await api.as(reader, 'get', `${pathOf(provider)}?${query}`).expect(400);
  });

  it.each([
    'https://nobody.example',
    `${provider}/`,
    `${provider}:443`,
    'HTTPS://ehr.example.org',
    'ehr.example.org',
    'null',
    '__proto__',
    '{bulkwatch}:due',
  ])('knows no provider %s', async (origin) => {
    for (const [method, path, key] of [
      ['get', pathOf(origin), reader],
      ['post', `${pathOf(origin)}/pause`, operator],
      ['post', `${pathOf(origin)}/resume`, operator],
    ] as const) {
      const { body } = await api.as(key, method, path).expect(404);
      expect(body).toMatchObject({ reason: 'provider-not-found' });
    }
  });
});

describe('a pause', () => {
  it('of a provider is in the name of who asked, and ends; both may be repeated', async () => {
    const paused = await api.as(operator, 'post', `${pathOf(provider)}/pause`).expect(200);
    expect(paused.body).toMatchObject({ origin: provider, pausedBy: 'of default' });
    const again = await api.as(operator, 'post', `${pathOf(provider)}/pause`).expect(200);
    expect((again.body as Provider).pausedAt).toBe((paused.body as Provider).pausedAt);
    expect(await readProvider()).toMatchObject({ pausedBy: 'of default' });

    for (let times = 0; times < 2; times += 1) {
      const resumed = await api.as(operator, 'post', `${pathOf(provider)}/resume`).expect(200);
      expect(resumed.body).toMatchObject({ pausedAt: null, pausedBy: null });
    }
  });

  it('of everything is shown with the list', async () => {
    const paused = await api.as(operator, 'post', '/v1/pause').expect(200);
    expect(paused.body).toMatchObject({ pausedBy: 'of default' });
    expect(await readEverything()).toEqual(paused.body);
    expect(await readProvider()).toMatchObject({ pausedAt: null });
    await api.as(operator, 'post', '/v1/resume').expect(200, { pausedAt: null, pausedBy: null });
    expect(await readEverything()).toEqual({ pausedAt: null, pausedBy: null });
  });

  it('leaves an audit line that names the provider', async () => {
    const before = api.log.length;
    await api.as(operator, 'post', `${pathOf(provider)}/pause`).expect(200);
    await api.as(operator, 'post', `${pathOf(provider)}/resume`).expect(200);
    await api.as(operator, 'post', '/v1/pause').expect(200);
    await api.as(operator, 'post', '/v1/resume').expect(200);
    const by = { subject: 'of default', tenant: 'default', method: 'POST', status: 200 };
    expect(auditLines(before)).toMatchObject([
      { ...by, route: '/v1/providers/{origin}/pause', target: provider },
      { ...by, route: '/v1/providers/{origin}/resume', target: provider },
      { ...by, route: '/v1/pause' },
      { ...by, route: '/v1/resume' },
    ]);
  });
});

it('an audit line holds no text that cannot be an origin', async () => {
  const before = api.log.length;
  await api.as(operator, 'post', `${pathOf('https://nobody.example')}/pause`).expect(404);
  await api.as(operator, 'post', `${pathOf('https://nobody.example/?t=secret')}/pause`).expect(404);
  expect(auditLines(before).map(({ target }) => target)).toEqual([
    'https://nobody.example',
    undefined,
  ]);
});

describe('what concerns all tenants', () => {
  it.each(providerRoutes)('$method $path is not for other tenants', async ({ method, path }) => {
    const admin = await api.keyOf('acme', 'admin');
    const target = path.replace(':origin', encodeURIComponent(provider));
    const response = await api.as(admin, method, target).expect(403);
    expect(response.body).toMatchObject({ reason: 'default-tenant-only' });
    // No scope would help.
    expect(response.headers['www-authenticate']).toBe('Bearer realm="bulkwatch"');
    const absent = path.replace(':origin', encodeURIComponent('https://nobody.example'));
    expect((await api.as(admin, method, absent)).status).toBe(403);
    expect(await readEverything()).toEqual({ pausedAt: null, pausedBy: null });
    expect(await readProvider()).toMatchObject({ pausedAt: null });
  });

  it.each(providerRoutes)('$method $path needs its scope', async ({ method, path, scope }) => {
    const other = scope === 'jobs:read' ? operator : reader;
    const target = path.replace(':origin', encodeURIComponent(provider));
    const { body } = await api.as(other, method, target).expect(403);
    expect(body).toMatchObject({ reason: 'scope-missing' });
  });
});
