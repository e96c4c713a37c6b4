import type {
  CreatedWebhookEndpoint,
  Problem,
  RotatedWebhookSecret,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookEndpoint,
  WebhookEndpointList,
  WebhookReplay,
  WebhookTest,
} from '@bulkwatch/contract';
import { isWebhookSecret } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

const endpoints = '/v1/webhook-endpoints';
const receiver = 'https://hooks.example.org';

let files: Awaited<ReturnType<typeof withFiles>>;
let api: Api;
let writer: string;
beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n` });
  api = await setupApi({
    ...authenticating,
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
    BULKWATCH_WEBHOOK_ORIGINS: receiver,
    BULKWATCH_WEBHOOK_ENDPOINTS_MAX: '3',
  });
  writer = await api.keyOf('acme', 'webhooks:read', 'webhooks:write');
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

const call = (method: 'get' | 'post' | 'patch' | 'delete', path = '') =>
  api.as(writer, method, `${endpoints}${path}`);
let urls = 0;
const newUrl = (): string => `${receiver}/in/${(urls += 1)}?key=${canary}`;

async function create(body: object = {}): Promise<CreatedWebhookEndpoint> {
  const made = await call('post')
    .send({ url: newUrl(), ...body })
    .expect(201);
  return made.body as CreatedWebhookEndpoint;
}
const remove = ({ id }: { id: string }) => call('delete', `/${id}`).expect(204);
const read = async (id: string) =>
  (await call('get', `/${id}`).expect(200)).body as WebhookEndpoint;
async function deliveriesOf(id: string, query = ''): Promise<WebhookDeliveryList> {
  return (await call('get', `/${id}/deliveries${query}`).expect(200)).body as WebhookDeliveryList;
}
const problemOf = ({ body }: { body: unknown }) => {
  const { reason, errors } = body as Problem;
  return [reason, ...(errors ?? []).map(({ field }) => field)];
};

describe('a webhook endpoint', () => {
  it('is made with a secret that is shown this once, and a URL that is masked', async () => {
    const labels = { study: 'cardio-7' };
    const types = ['bulkwatch.export.completed'];
    const made = await call('post').send({ url: newUrl(), types, labels, description: 'loader' });
    const { secret, ...endpoint } = made.body as CreatedWebhookEndpoint;

    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`${endpoints}/${endpoint.id}`);
    expect(isWebhookSecret(secret)).toBe(true);
    expect(endpoint).toMatchObject({ types, labels, description: 'loader', state: 'enabled' });
    expect(endpoint.url).toBe(`${receiver}/in/${urls}?…`);
    expect(await read(endpoint.id)).toEqual(endpoint);
    const list = (await call('get').expect(200)).body as WebhookEndpointList;
    expect(list.webhookEndpoints).toEqual([endpoint]);
    expect(api.log.join('\n')).not.toContain(secret.slice('whsec_'.length));
    expect(api.log.join('\n')).not.toContain(canary);
    await remove(endpoint);
  });

  it('is changed in what is named, and stays the rest', async () => {
    const made = await create({ description: 'old', labels: { study: 'a' } });
    const patch = async (body: object) =>
      (await call('patch', `/${made.id}`).send(body).expect(200)).body as WebhookEndpoint;

    const types = ['bulkwatch.export.failed', 'bulkwatch.webhook.disabled'];
    expect(await patch({ types })).toMatchObject({ types, description: 'old', url: made.url });
    expect(await patch({ types: null, description: null })).toMatchObject({
      types: null,
      description: null,
      labels: { study: 'a' },
    });
    expect(await patch({ url: `${receiver}/elsewhere`, labels: {} })).toMatchObject({
      url: `${receiver}/elsewhere`,
      labels: {},
    });
    expect(await patch({ enabled: false })).toMatchObject({
      state: 'disabled',
      disabledReason: 'by-request',
      disabledAt: expect.any(String),
    });
    expect(await patch({ enabled: true })).toMatchObject({
      state: 'enabled',
      disabledReason: null,
      disabledAt: null,
    });
    await remove(made);
  });

  it('gets another secret, beside which the old one signs for a while', async () => {
    const made = await create();
    const rotate = async (body?: object) =>
      (await call('post', `/${made.id}/rotate-secret`).send(body).expect(200))
        .body as RotatedWebhookSecret;

    const first = await rotate();
    const inMs = Date.parse(first.previousSecretUntil ?? '') - Date.now();
    expect(isWebhookSecret(first.secret)).toBe(true);
    expect(inMs).toBeGreaterThan(86_000_000);
    expect(inMs).toBeLessThan(87_000_000);
    expect((await read(made.id)).previousSecretUntil).toBe(first.previousSecretUntil);
    const second = await rotate({ overlapSeconds: 0 });
    expect(second.previousSecretUntil).toBeNull();
    expect(new Set([made.secret, first.secret, second.secret]).size).toBe(3);
    await remove(made);
  });

  it('is gone once it is deleted, whatever is asked of it', async () => {
    const { id } = await create();
    await remove({ id });

    for (const [method, path, body] of [
      ['get', '', undefined],
      ['patch', '', { enabled: true }],
      ['delete', '', undefined],
      ['post', '/rotate-secret', {}],
      ['post', '/test', undefined],
      ['get', '/deliveries', undefined],
      ['post', '/replay', { state: 'failed' }],
    ] as const) {
      const answer = await call(method, `/${id}${path}`).send(body).expect(404);
      expect(problemOf(answer)).toEqual(['webhook-endpoint-not-found']);
    }
    const odd = await call('get', '/not-an-id').expect(404);
    expect(problemOf(odd)).toEqual(['webhook-endpoint-not-found']);
  });

  it('is one of as many as a tenant may have', async () => {
    const made = [await create(), await create(), await create()];
    const refused = await call('post').send({ url: newUrl() }).expect(409);
    expect(problemOf(refused)).toEqual(['too-many-webhook-endpoints']);

    await Promise.all(made.map(remove));
    await remove(await create());
  });

  it.each([
    [{}, 'validation-failed', '/url'],
    [{ url: 'hooks' }, 'validation-failed', '/url'],
    [{ url: `${receiver}/#x` }, 'validation-failed', '/url'],
    [{ url: `https://a:b@hooks.example.org/` }, 'validation-failed', '/url'],
    [{ url: receiver, secret: 'whsec_x' }, 'validation-failed', '/secret'],
    [{ url: receiver, types: ['completed'] }, 'validation-failed', '/types/0'],
    [{ url: receiver, labels: { 'a b': 'c' } }, 'validation-failed', '/labels/a b'],
    [
      { url: receiver, labels: JSON.parse('{"__proto__": "x"}') },
      'validation-failed',
      '/labels/__proto__',
    ],
    [{ url: receiver, description: 'x'.repeat(257) }, 'validation-failed', '/description'],
    [{ url: 'https://elsewhere.example.org/' }, 'webhook-not-allowed', '/url'],
    [{ url: 'http://hooks.example.org/' }, 'webhook-not-allowed', '/url'],
  ])('is refused as %j', async (body, ...said) => {
    expect(problemOf(await call('post').send(body).expect(422))).toEqual(said);
  });
});

describe('deliveries', () => {
  it('are listed page by page, the newest first, by their state', async () => {
    const { id } = await create();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const answer = await call('post', `/${id}/test`).expect(202);
      ids.unshift((answer.body as WebhookTest).deliveryId);
    }
    const all = await deliveriesOf(id);

    expect(all.nextCursor).toBeNull();
    expect(all.deliveries.map((delivery) => delivery.id)).toEqual(ids);
    expect(all.deliveries[0]).toMatchObject({
      endpointId: id,
      jobId: null,
      type: 'bulkwatch.webhook.test',
      state: 'pending',
      attemptCount: 0,
      attempts: [],
    } satisfies Partial<WebhookDelivery>);

    const pages: string[][] = [];
    for (let next = `${endpoints}/${id}/deliveries?state=pending&limit=2`; next !== ''; ) {
      const { headers, body }: Response = await api.as(writer, 'get', next).expect(200);
      pages.push((body as WebhookDeliveryList).deliveries.map((delivery) => delivery.id));
      next = /<([^>]+)>; rel="next"/.exec(headers['link'] ?? '')?.[1] ?? '';
    }
    expect(pages.flat()).toEqual(ids);
    expect(pages[0]).toHaveLength(2);
    expect((await deliveriesOf(id, '?state=failed')).deliveries).toEqual([]);
    await remove({ id });
  });

  it.each(['state=done', 'limit=0', 'limit=201', 'cursor=x', 'since=1'])(
    'are refused by %s',
    async (query) => {
      const { id } = await create();
      const refused = await call('get', `/${id}/deliveries?${query}`).expect(400);
      expect(problemOf(refused)).toEqual(['query-invalid', query.split('=')[0]]);
      await remove({ id });
    },
  );

  it('are sent again one by one, by their state, and from an instant on', async () => {
    const { id } = await create();
    const registrar = await api.keyOf('acme', 'jobs:write');
    await api
      .as(registrar, 'post', '/v1/jobs')
      .send({ statusUrl: 'https://ehr.example.org/jobs/replayed' })
      .expect(201);
    const replay = (body: object) => call('post', `/${id}/replay`).send(body);
    const count = async (body: object) => {
      const { replayedCount, more } = (await replay(body).expect(202)).body as WebhookReplay;
      expect(more).toBeNull();
      return replayedCount;
    };

    const since = new Date(Date.now() - 60_000).toISOString();
    expect(await count({ since })).toBe(1);
    const [delivery] = (await deliveriesOf(id)).deliveries;
    expect(delivery).toMatchObject({ type: 'bulkwatch.export.registered', state: 'pending' });
    const deliveryId = delivery?.id;
    expect(await count({ deliveryId })).toBe(1);
    expect(await count({ state: 'failed' })).toBe(0);
    const test = (await call('post', `/${id}/test`).expect(202)).body as WebhookTest;
    await replay({ deliveryId: test.deliveryId }).expect(404);

    const absent = '01890000-0000-7000-8000-000000000000';
    const unknown = await replay({ deliveryId: absent }).expect(404);
    expect(problemOf(unknown)).toEqual(['webhook-delivery-not-found']);
    await call('patch', `/${id}`).send({ enabled: false }).expect(200);
    expect(problemOf(await replay({ since }).expect(409))).toEqual(['webhook-disabled']);
    for (const body of [{}, { since, state: 'held' }, { state: 'pending' }, { since: 'today' }])
      expect(problemOf(await replay(body).expect(422))[0]).toBe('validation-failed');
    await remove({ id });
  });
});

describe('whoever calls', () => {
  it('needs the scope of what he does', async () => {
    const reader = await api.keyOf('acme', 'webhooks:read');
    const other = await api.keyOf('acme', 'jobs:read', 'jobs:write', 'events:read');
    const { id } = await create();

    await api.as(reader, 'get', `${endpoints}/${id}`).expect(200);
    await api.as(reader, 'patch', `${endpoints}/${id}`).send({ enabled: false }).expect(403);
    await api.as(reader, 'post', `${endpoints}/${id}/rotate-secret`).expect(403);
    await api.as(other, 'get', endpoints).expect(403);
    await remove({ id });
  });

  it('leaves an audit line with the endpoint, and nothing of its URL', async () => {
    const made = await call('post').send({ url: newUrl() }).expect(201);
    const { id, secret } = made.body as CreatedWebhookEndpoint;
    const rotated = await call('post', `/${id}/rotate-secret`).expect(200);
    const removed = await remove({ id });

    await eventually(() => {
      const lines = api.log
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['audit'] === true && line['target'] === id);
      expect(lines).toMatchObject([
        { method: 'POST', route: endpoints, status: 201, tenant: 'acme', subject: 'of acme' },
        { method: 'POST', route: `${endpoints}/{endpoint}/rotate-secret`, status: 200 },
        { method: 'DELETE', route: `${endpoints}/{endpoint}`, status: 204 },
      ]);
    });
    const log = api.log.join('\n');
    for (const text of [canary, secret, (rotated.body as RotatedWebhookSecret).secret])
      expect(log).not.toContain(text);
    expect(removed.headers['ratelimit-policy']).toBeDefined();
  });
});

describe('a house', () => {
  it('without origins for them has no webhooks, and without a seal key takes none', async () => {
    const without = await setupApi();
    const unsealed = await setupApi({ BULKWATCH_WEBHOOK_ORIGINS: receiver });
    const refusals = await Promise.all(
      [without, unsealed].map((one) => one.post(endpoints).send({ url: receiver }).expect(422)),
    );
    await Promise.all([without.stop(), unsealed.stop()]);

    expect(refusals.map((answer) => problemOf(answer)[0])).toEqual([
      // Neither would do there.
      'validation-failed',
      'sealing-not-configured',
    ]);
  });
});
