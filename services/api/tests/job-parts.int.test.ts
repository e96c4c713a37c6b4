import { randomBytes } from 'node:crypto';
import type { Job, PollList, Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, setupApi, setupWorker } from './harness.js';
import { withFiles } from './with-files.js';

let api: Api;
let worker: Awaited<ReturnType<typeof setupWorker>>;
beforeAll(async () => {
  api = await setupApi();
  worker = await setupWorker(api.redis);
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

const nobody = '01890000-0000-7000-8000-000000000000';
const reasonOf = (response: { body: unknown }): string => (response.body as Problem).reason;

describe('GET /v1/jobs/{id}/manifest', () => {
  it('gives the bytes as the provider sent them', async () => {
    const bytes = Buffer.from(
      '{ "transactionTime" : "2026-01-01T00:00:00Z",\n "output":[{"type":"Patient","url":"https://f.example/1?s=é"}],"big":12345678901234567890 }',
    );
    const id = await api.register();
    await worker.complete(id, bytes);

    const response = await api.get(`/v1/jobs/${id}/manifest`).expect(200);

    expect(response.text).toBe(bytes.toString());
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['content-length']).toBe(String(bytes.length));
    const etag = response.headers['etag'] ?? '';
    await api.get(`/v1/jobs/${id}/manifest`).set('If-None-Match', etag).expect(304);
    await api.head(`/v1/jobs/${id}/manifest`).expect(200);
    const { body } = await api.get(`/v1/jobs/${id}`);
    expect((body as Job).manifest).toEqual({
      outputCount: 1,
      errorCount: 0,
      transactionTime: '2026-01-01T00:00:00Z',
      bytes: bytes.length,
    });
  });

  it('says that it is not ready, that it never will be, or that there is no job', async () => {
    const id = await api.register();

    expect(reasonOf(await api.get(`/v1/jobs/${id}/manifest`).expect(404))).toBe(
      'manifest-not-ready',
    );
    await worker.fail(id);
    expect(reasonOf(await api.get(`/v1/jobs/${id}/manifest`).expect(404))).toBe('manifest-never');
    expect(reasonOf(await api.get(`/v1/jobs/${nobody}/manifest`).expect(404))).toBe(
      'job-not-found',
    );
    expect(reasonOf(await api.get('/v1/jobs/x/manifest').expect(404))).toBe('job-not-found');
  });

  it('names the seal key that this api does not have', async () => {
    const files = await withFiles({ keys: `k7 ${randomBytes(32).toString('base64')}\n` });
    const sealing = await setupWorker(api.redis, files.path('keys'));
    const id = await api.register();
    await sealing.complete(id, Buffer.from('{"output":[]}'));
    await sealing.close();
    await files.remove();

    const response = await api.get(`/v1/jobs/${id}/manifest`).expect(503);

    expect(response.body).toMatchObject({ reason: 'manifest-sealed', detail: 'seal key k7' });
  });

  it('takes no parameters', async () => {
    const response = await api.get(`/v1/jobs/${nobody}/manifest?format=csv`).expect(400);

    expect(response.body).toMatchObject({ reason: 'query-invalid', errors: [{ field: 'format' }] });
  });
});

describe('GET /v1/jobs/{id}/polls', () => {
  it('lists the polls, the newest first', async () => {
    const id = await api.register();
    expect((await api.get(`/v1/jobs/${id}/polls`).expect(200)).body).toEqual({ polls: [] });
    await worker.reportProgress(id, 'half');
    await worker.fail(id);

    const { polls } = (await api.get(`/v1/jobs/${id}/polls`).expect(200)).body as PollList;

    expect(polls).toMatchObject([
      { method: 'GET', status: 500, reason: 'export-failed' },
      { method: 'GET', status: 202, requestId: 'opc-1', progress: 'half', durationMs: 12 },
    ]);
  });

  it('knows no polls of a job that is not there, and takes no parameters', async () => {
    expect(reasonOf(await api.get(`/v1/jobs/${nobody}/polls`).expect(404))).toBe('job-not-found');
    expect(reasonOf(await api.get(`/v1/jobs/${nobody}/polls?n=1`).expect(400))).toBe(
      'query-invalid',
    );
  });
});

describe('DELETE /v1/jobs/{id}', () => {
  it('stops tracking, and says the same when asked again', async () => {
    const id = await api.register();

    const first = await api.delete(`/v1/jobs/${id}`).expect(200);
    const again = await api.delete(`/v1/jobs/${id}`).expect(200);

    expect(first.body).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled-by-request',
      dueAt: null,
    });
    expect(again.body).toEqual(first.body);
    expect((await api.get(`/v1/jobs/${id}`)).body).toEqual(first.body);
  });

  it('leaves the delete request to the worker when the provider is to be told', async () => {
    const id = await api.register();

    const first = await api.delete(`/v1/jobs/${id}?provider=true`).expect(202);
    const again = await api.delete(`/v1/jobs/${id}?provider=true`).expect(202);

    const job = first.body as Job;
    expect(job).toMatchObject({ state: 'registered', settledAt: null });
    expect(job.cancelRequestedAt).not.toBeNull();
    expect(again.body).toEqual(job);
  });

  it('stops at once when the caller does not want to wait for the provider any more', async () => {
    const id = await api.register();
    await api.delete(`/v1/jobs/${id}?provider=true`).expect(202);

    const response = await api.delete(`/v1/jobs/${id}?provider=false`).expect(200);

    expect((response.body as Job).state).toBe('cancelled');
  });

  it.each(['', '?provider=true'])('cannot undo what has ended: %j', async (query) => {
    const id = await api.register();
    await worker.fail(id);

    expect(reasonOf(await api.delete(`/v1/jobs/${id}${query}`).expect(409))).toBe(
      'job-already-settled',
    );
  });

  it.each(['', '?provider=true'])('knows no other jobs: %j', async (query) => {
    expect(reasonOf(await api.delete(`/v1/jobs/${nobody}${query}`).expect(404))).toBe(
      'job-not-found',
    );
  });

  it.each(['provider=yes', 'provider=', 'provider=true&provider=true', 'force=true'])(
    'refuses %s',
    async (query) => {
      const id = await api.register();

      expect(reasonOf(await api.delete(`/v1/jobs/${id}?${query}`).expect(400))).toBe(
        'query-invalid',
      );
      expect((await api.get(`/v1/jobs/${id}`)).body).toMatchObject({ state: 'registered' });
    },
  );
});
