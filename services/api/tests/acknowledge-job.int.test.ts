import { randomBytes } from 'node:crypto';
import type { Job, Problem } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, newStatusUrl, setupApi, setupWorker } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

let api: Api;
let files: Awaited<ReturnType<typeof withFiles>>;
let worker: Awaited<ReturnType<typeof setupWorker>>;
let key: string;
beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${randomBytes(32).toString('base64')}\n` });
  api = await setupApi({
    ...authenticating,
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
  });
  worker = await setupWorker(api.redis, files.path('seal-keys'));
  key = await api.keyOf('default', 'jobs:read', 'jobs:write', 'jobs:acknowledge');
});
afterAll(async () => {
  await worker.close();
  await api.stop();
  await files.remove();
});

const manifest = Buffer.from('{"output":[]}');
const bodyOf = <T>(response: { body: unknown }): T => response.body as T;
const reasonOf = (response: { body: unknown }) => bodyOf<Problem>(response).reason;
const acknowledge = (id: string, body: object, as = key) =>
  api.as(as, 'post', `/v1/jobs/${id}/acknowledge`).send(body);
const amend = (id: string, body: object) => api.as(key, 'patch', `/v1/jobs/${id}`).send(body);

async function register(body: object = {}): Promise<string> {
  const sent = { statusUrl: newStatusUrl(), ...body };
  return bodyOf<Job>(await api.as(key, 'post', '/v1/jobs').send(sent).expect(201)).id;
}

async function completed(body: object = {}): Promise<string> {
  const id = await register(body);
  await worker.complete(id, manifest);
  return id;
}

describe('POST /v1/jobs/{id}/acknowledge', () => {
  it('shows who has what it wants, and asks for the delete request when all have', async () => {
    const id = await completed({ deleteOnAcknowledge: true, requiredSubscribers: ['a', 'b'] });
    const first = bodyOf<Job>(await acknowledge(id, { subscriber: 'a' }).expect(200));
    expect(first).toMatchObject({
      acknowledgements: [{ subscriber: 'a' }],
      acknowledgedAt: null,
      requiredSubscribers: ['a', 'b'],
      deleteOnAcknowledge: true,
      deletedAtProviderAt: null,
      dueAt: null,
    });
    expect((await acknowledge(id, { subscriber: 'a' }).expect(200)).body).toEqual(first);
    const last = bodyOf<Job>(await acknowledge(id, { subscriber: 'b' }).expect(200));
    expect(last).toMatchObject({ state: 'completed', dueAt: last.acknowledgedAt });
    const refreshed = api.as(key, 'post', `/v1/jobs/${id}/refresh`);
    expect(reasonOf(await refreshed.expect(409))).toBe('export-deleted');
    expect(reasonOf(await amend(id, { deleteOnAcknowledge: false }).expect(409))).toBe(
      'export-deleted',
    );
  });

  it('is written into the audit log, with the name and without the token', async () => {
    const id = await completed({ deleteOnAcknowledge: true, bearerToken: 'old' });
    await acknowledge(id, { subscriber: 'loader', bearerToken: canary }).expect(200);
    const line = await eventually(() => {
      const found = api.log
        .map((text) => JSON.parse(text) as Record<string, unknown>)
        .find((entry) => entry['audit'] === true && entry['target'] === id && entry['subscriber']);
      expect(found).toBeDefined();
      return found;
    });
    expect(line).toMatchObject({ action: 'acknowledge', subscriber: 'loader', status: 200 });
    expect(api.log.join('\n')).not.toContain(canary);
  });

  it('is refused before completion, after another end, and beyond what is kept', async () => {
    const id = await register();
    const loader = { subscriber: 'loader' };
    expect(reasonOf(await acknowledge(id, loader).expect(409))).toBe('job-not-completed');
    await worker.fail(id);
    expect(reasonOf(await acknowledge(id, loader).expect(409))).toBe('job-not-completed');
    const full = await completed();
    for (let n = 0; n < 16; n += 1) await acknowledge(full, { subscriber: `s${n}` }).expect(200);
    const refused = await acknowledge(full, loader).expect(409);
    expect(reasonOf(refused)).toBe('too-many-acknowledgements');
  });

  it.each([
    ['no name', {}, '/subscriber'],
    ['a name with other characters', { subscriber: 'a b' }, '/subscriber'],
    ['a name too long', { subscriber: 'x'.repeat(65) }, '/subscriber'],
    ['more than it takes', { subscriber: 'a', other: 1 }, ''],
    ['a token that nothing is sent with', { subscriber: 'a', bearerToken: 't' }, '/bearerToken'],
  ])('refuses %s', async (_what, body, field) => {
    const response = await acknowledge(await completed(), body).expect(422);
    expect(bodyOf<Problem>(response).errors?.[0]?.field).toContain(field);
  });

  it('needs its own scope, and a job of the tenant', async () => {
    const id = await completed();
    const writer = await api.keyOf('default', 'jobs:write');
    const refused = await acknowledge(id, { subscriber: 'a' }, writer).expect(403);
    expect(reasonOf(refused)).toBe('scope-missing');
    const foreign = await api.keyOf('acme', 'jobs:acknowledge');
    await acknowledge(id, { subscriber: 'a' }, foreign).expect(404);
    expect(bodyOf<Job>(await api.as(key, 'get', `/v1/jobs/${id}`)).acknowledgements).toEqual([]);
  });
});

describe('what a registration says of it', () => {
  it('is checked', async () => {
    const post = (body: object) =>
      api.as(key, 'post', '/v1/jobs').send({ statusUrl: newStatusUrl(), ...body });
    const names = Array.from({ length: 17 }, (_, n) => `s${n}`);
    for (const requiredSubscribers of [['a', 'a'], ['a b'], names])
      await post({ requiredSubscribers }).expect(422);
    await post({ deleteOnAcknowledge: 'yes' }).expect(422);
  });

  it('may be said of a whole list', async () => {
    const query = 'deleteOnAcknowledge=true&requiredSubscriber=a&requiredSubscriber=b';
    const response = await api
      .as(key, 'post', `/v1/jobs/batch?${query}`)
      .type('text/plain')
      .send(newStatusUrl())
      .expect(200);
    expect(JSON.parse(response.text)).toMatchObject({
      job: { deleteOnAcknowledge: true, requiredSubscribers: ['a', 'b'] },
    });
    const twice = await api
      .as(key, 'post', '/v1/jobs/batch?requiredSubscriber=a&requiredSubscriber=a')
      .type('text/plain')
      .send(newStatusUrl())
      .expect(400);
    expect(bodyOf<Problem>(twice).errors?.[0]?.field).toBe('requiredSubscriber');
  });

  it('can be changed, of a completed job too', async () => {
    const id = await completed({ requiredSubscribers: ['a', 'gone'] });
    await acknowledge(id, { subscriber: 'a' }).expect(200);
    const job = bodyOf<Job>(await amend(id, { requiredSubscribers: ['a'] }).expect(200));
    expect(job.acknowledgedAt).not.toBeNull();
    expect(reasonOf(await amend(id, { labels: {} }).expect(409))).toBe('job-already-settled');
  });
});

describe('GET /v1/jobs/{id}/manifest', () => {
  it('says that the files have expired, and that the manifest was removed', async () => {
    const raw = new Redis(api.redis.url);
    const id = await completed();
    const get = () => api.as(key, 'get', `/v1/jobs/${id}/manifest`);
    expect((await get().expect(200)).headers).not.toHaveProperty('bulkwatch-expired-at');
    await raw.hset(`{bulkwatch}:job:${id}`, { expiresAt: 1_000, expiryTold: '1000-0' });
    const expired = await get().expect(200);
    expect(expired.headers['bulkwatch-expired-at']).toBe('1970-01-01T00:00:01.000Z');
    expect(expired.body).toEqual({ output: [] });
    await raw.del(`{bulkwatch}:manifest:${id}`);
    expect(reasonOf(await get().expect(410))).toBe('manifest-removed');
    raw.disconnect();
  });
});
