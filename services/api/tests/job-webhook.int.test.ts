import type {
  BatchResult,
  ExportEvent,
  Job,
  Problem,
  WebhookDeliveryList,
} from '@bulkwatch/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

const receiver = 'https://hooks.example.org';
/** Its base64 stands for itself wherever it comes up. */
const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const webhook = { url: `${receiver}/in?key=${canary}`, secret: secretOf(1) };
const shown = {
  url: `${receiver}/in?…`,
  types: null,
  state: 'enabled',
  disabledReason: null,
};

let files: Awaited<ReturnType<typeof withFiles>>;
let api: Api;
beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n` });
  api = await setupApi({
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
    BULKWATCH_WEBHOOK_ORIGINS: receiver,
  });
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

const read = async (id: string) => (await api.get(`/v1/jobs/${id}`).expect(200)).body as Job;
const amend = (id: string, body: object) => api.any('patch', `/v1/jobs/${id}`).send(body);

describe('the webhook of a job', () => {
  it('comes with its registration, and is shown without what is secret of it', async () => {
    const id = await api.register({ webhook });
    expect((await read(id)).webhook).toEqual(shown);

    const redis = new Redis(api.redis.url);
    const [[, [, json]] = ['', []]] = await redis.xrevrange('{bulkwatch}:events', '+', '-');
    redis.disconnect();
    const { data } = JSON.parse(json ?? '') as ExportEvent;
    expect(data.job).toMatchObject({ id, webhook: shown });
    for (const text of [canary, webhook.secret.slice('whsec_'.length)]) {
      expect(json).not.toContain(text);
      expect(api.log.join('\n')).not.toContain(text);
    }
  });

  it('is not that of a registration that finds the job there', async () => {
    const statusUrl = newStatusUrl();
    const id = await api.register({ statusUrl, webhook });
    const other = { url: `${receiver}/other`, secret: secretOf(2) };
    const again = await api.post('/v1/jobs').send({ statusUrl, webhook: other }).expect(200);

    expect((again.body as Job).id).toBe(id);
    expect((again.body as Job).webhook).toEqual(shown);
  });

  it('tells one Idempotency-Key from another use of it, as all else does', async () => {
    const statusUrl = newStatusUrl();
    const send = (body: object) =>
      api.post('/v1/jobs').set('Idempotency-Key', 'with-webhook').send(body);

    await send({ statusUrl, webhook }).expect(201);
    await send({ statusUrl, webhook }).expect(200);
    const reused = await send({ statusUrl, webhook: { ...webhook, secret: secretOf(3) } });
    expect((reused.body as Problem).reason).toBe('idempotency-key-reused');
  });

  it('comes with the lines of a batch, each for itself, and with no list of URLs', async () => {
    const lines = [
      { statusUrl: newStatusUrl(), webhook },
      { statusUrl: newStatusUrl(), webhook: { ...webhook, url: 'https://elsewhere.example.org' } },
    ].map((line) => JSON.stringify(line));
    const answer = await api
      .post('/v1/jobs/batch')
      .type('application/x-ndjson')
      .send(lines.join('\n'))
      .expect(200);
    const results = answer.text.split('\n').filter(Boolean);

    expect(results.map((line) => JSON.parse(line) as BatchResult)).toMatchObject([
      { status: 201, job: { webhook: shown } },
      {
        status: 422,
        problem: { reason: 'webhook-not-allowed', errors: [{ field: '/webhook/url' }] },
      },
    ]);
    for (const member of ['webhook', 'webhook.url'])
      await api
        .post(`/v1/jobs/batch?${member}=x`)
        .type('text/plain')
        .send(newStatusUrl())
        .expect(400);
  });

  it('is replaced and taken away, also of a job that has ended', async () => {
    const id = await api.register({ webhook });
    const types = ['bulkwatch.export.completed'];
    const first = await amend(id, { webhook: { ...webhook, url: `${receiver}/b`, types } });
    expect((first.body as Job).webhook).toEqual({ ...shown, url: `${receiver}/b`, types });
    const labels = { study: 'a' };
    expect((await amend(id, { webhook: null, labels })).body).toMatchObject({
      webhook: null,
      labels,
    });
    await api.delete(`/v1/jobs/${id}`).expect(200);

    const two = `${secretOf(4)} ${secretOf(5)}`;
    await amend(id, { webhook: { ...webhook, secret: two } }).expect(200);
    expect((await read(id)).webhook).toEqual(shown);
    const both = await amend(id, { webhook: null, labels: {} }).expect(409);
    expect((both.body as Problem).reason).toBe('job-already-settled');
    await amend(id, { webhook: null }).expect(200);
    expect(await read(id)).toMatchObject({ webhook: null, labels, state: 'cancelled' });
  });

  it.each([
    [{ url: webhook.url }, 'validation-failed', '/webhook/secret'],
    [{ ...webhook, secret: canary }, 'validation-failed', '/webhook/secret'],
    [{ ...webhook, url: 'https://10.0.0.1/' }, 'webhook-not-allowed', '/webhook/url'],
  ])('is refused as %j, at first and later', async (odd, reason, field) => {
    const id = await api.register();
    const answers = [
      await api.post('/v1/jobs').send({ statusUrl: newStatusUrl(), webhook: odd }).expect(422),
      await amend(id, { webhook: odd }).expect(422),
    ];

    for (const { body } of answers)
      expect(body as Problem).toMatchObject({ reason, errors: [{ field }] });
    expect((await read(id)).webhook).toBeNull();
  });

  it('has a log, which is empty where nothing was posted', async () => {
    const id = await api.register({ webhook });
    const log = await api.get(`/v1/jobs/${id}/deliveries?limit=1`).expect(200);

    expect(log.body as WebhookDeliveryList).toEqual({ deliveries: [], nextCursor: null });
    await api.get('/v1/jobs/01890000-0000-7000-8000-000000000000/deliveries').expect(404);
  });
});
