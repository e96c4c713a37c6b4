import { randomBytes } from 'node:crypto';
import type { Job, Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi, setupWorker } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

let files: Awaited<ReturnType<typeof withFiles>>;
let api: Api;
beforeAll(async () => {
  const credential = { name: 'ours', kind: 'none', origins: [provider] };
  files = await withFiles({
    'seal-keys': `k1 ${randomBytes(32).toString('base64')}\n`,
    'credentials.json': JSON.stringify({ credentials: [credential] }),
  });
  api = await setupApi({
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
    BULKWATCH_CREDENTIALS_FILE: files.path('credentials.json'),
  });
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

const amend = (id: string, body: object) => api.any('patch', `/v1/jobs/${id}`).send(body);
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const tokenUntil = (exp: number): string =>
  ['{"alg":"none"}', JSON.stringify({ exp }), canary]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

describe('PATCH /v1/jobs/{id}', () => {
  it('changes deadline and labels, and nothing else', async () => {
    const id = await api.register({ labels: { study: 'a' }, reference: 'r-1' });
    const deadlineAt = '2031-01-01T00:00:00.000Z';
    const response = await amend(id, { deadlineAt, labels: { arm: 'b' } }).expect(200);
    const now = await api.get(`/v1/jobs/${id}`).expect(200);
    expect(now.body).toEqual(response.body);
    expect(now.headers['etag']).toBe(response.headers['etag']);
    expect(now.body as Job).toMatchObject({ deadlineAt, labels: { arm: 'b' }, reference: 'r-1' });
  });

  it('takes a token and shows it nowhere', async () => {
    const id = await api.register({ bearerToken: 'old' });
    await amend(id, { bearerToken: canary }).expect(200);
    await api.get(`/v1/jobs/${id}`).expect(200);
    expect(api.log.join('\n')).not.toContain(canary);
  });

  it('refuses a token that ends before the job is polled next', async () => {
    const id = await api.register({ retryAfter: 600 });
    await amend(id, { bearerToken: tokenUntil(inSeconds(3_600)) }).expect(200);
    const refused = await amend(id, { bearerToken: tokenUntil(inSeconds(500)) }).expect(422);
    expect(refused.body as Problem).toMatchObject({
      reason: 'bearer-token-expires-too-early',
      errors: [{ field: '/bearerToken' }],
    });
  });

  it('refuses a token for a job that has a credential', async () => {
    const id = await api.register({ credential: 'ours' });
    const refused = await amend(id, { bearerToken: 'new' }).expect(422);
    expect((refused.body as Problem).errors).toMatchObject([{ field: '/bearerToken' }]);
  });

  it.each([
    [{}, ''],
    [{ state: 'completed' }, '/state'],
    [{ bearerToken: '' }, '/bearerToken'],
    [{ bearerToken: null }, '/bearerToken'],
    [{ labels: { 'a b': 'c' } }, '/labels/a b'],
    [{ deadlineAt: '2001-01-01T00:00:00Z' }, '/deadlineAt'],
  ])('refuses %j', async (body, field) => {
    const refused = await amend(await api.register(), body).expect(422);
    const { reason, errors } = refused.body as Problem;
    expect([reason, errors?.[0]?.field]).toEqual(['validation-failed', field]);
  });

  it('answers 409 for a job that is settled, and 404 for none', async () => {
    const id = await api.register();
    await api.delete(`/v1/jobs/${id}`).expect(200);
    const refused = await amend(id, { labels: {} }).expect(409);
    expect((refused.body as Problem).reason).toBe('job-already-settled');
    await amend('01890000-0000-7000-8000-000000000000', { labels: {} }).expect(404);
  });

  it('outlives the poll that ends the job', async () => {
    const worker = await setupWorker(api.redis);
    const id = await api.register();
    await worker.reportProgress(id, 'half');
    await amend(id, { labels: { arm: 'c' } }).expect(200);
    await worker.fail(id);
    expect((await worker.read(id))?.labels).toEqual({ arm: 'c' });
    await worker.close();
  });
});

describe('a submitted token', () => {
  it('is refused at registration when it ends before the first poll', async () => {
    const body = { statusUrl: newStatusUrl(), retryAfter: '600' };
    const early = { ...body, bearerToken: tokenUntil(inSeconds(570)) };
    const refused = await api.post('/v1/jobs').send(early).expect(422);
    expect(refused.body as Problem).toMatchObject({
      reason: 'bearer-token-expires-too-early',
      errors: [{ field: '/bearerToken' }],
    });
    await api
      .post('/v1/jobs')
      .send({ ...body, bearerToken: tokenUntil(inSeconds(700)) })
      .expect(201);
  });
});
