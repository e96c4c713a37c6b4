import type { Job, Problem } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi } from './harness.js';

let api: Api;
beforeAll(async () => {
  api = await setupApi();
});
afterAll(() => api.stop());

/** The promise is a second; the rest is for a machine that is busy with other tests. */
const aSecondMs = 1_500;

/** Every call that needs Redis. */
const calls = (id: string) => [
  () => api.post('/v1/jobs').send({ statusUrl: newStatusUrl() }),
  () =>
    api
      .post('/v1/jobs/batch')
      .type('application/x-ndjson')
      .send(JSON.stringify({ statusUrl: newStatusUrl() })),
  () => api.get('/v1/jobs'),
  () => api.get(`/v1/jobs/${id}`),
  () => api.get(`/v1/jobs/${id}?wait=20`),
  () => api.get(`/v1/jobs/${id}/manifest`),
  () => api.get(`/v1/jobs/${id}/polls`),
  () => api.delete(`/v1/jobs/${id}`),
  () => api.delete(`/v1/jobs/${id}?provider=true`),
  () => api.get('/v1/events'),
  () => api.get('/v1/providers'),
  () => api.get(`/v1/providers/${encodeURIComponent(provider)}`),
  () => api.post(`/v1/providers/${encodeURIComponent(provider)}/pause`),
  () => api.post(`/v1/providers/${encodeURIComponent(provider)}/resume`),
  () => api.post('/v1/pause'),
  () => api.post('/v1/resume'),
];

async function expectUnavailable(id: string): Promise<void> {
  for (const call of calls(id)) {
    const startedAtMs = performance.now();
    const response = await call().expect(503);
    expect((response.body as Problem).reason).toBe('store-unavailable');
    expect(performance.now() - startedAtMs).toBeLessThan(aSecondMs);
  }
}

const expectBack = (id: string): Promise<unknown> =>
  eventually(async () => {
    await api.get(`/v1/jobs/${id}`).expect(200);
    await api.register();
  });

describe('while Redis is away', () => {
  it('answers 503 within a second when it was killed, and goes on by itself once it is back', async () => {
    const id = await api.register();
    const held = api.get(`/v1/jobs/${id}?wait=20`).then((response) => response);

    await api.redis.kill();
    await expectUnavailable(id);
    expect((await held).status).toBe(503);
    // What does not need Redis is answered as ever.
    await api.get('/v1/jobs/x').expect(404);
    await api.post('/v1/jobs').send({}).expect(422);

    await api.redis.restart();
    await expectBack(id);
    const response = await api.get(`/v1/jobs/${id}`).expect(200);
    expect((response.body as Job).state).toBe('registered');
  });

  it('answers 503 within a second when it hangs', async () => {
    const id = await api.register();

    api.redis.pause();
    try {
      await expectUnavailable(id);
    } finally {
      api.redis.resume();
    }
    await expectBack(id);
  });

  it('rings the doorbell again after Redis was restarted', async () => {
    await api.redis.restart();
    const id = await eventually(() => api.register());
    const startedAtMs = performance.now();
    const held = api.get(`/v1/jobs/${id}?wait=20`).expect(200);

    await eventually(() => api.delete(`/v1/jobs/${id}`).expect(200));

    expect(((await held).body as Job).state).toBe('cancelled');
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
  });

  it('tells in a batch which lines were not stored', async () => {
    await api.redis.kill();
    try {
      const body = `{}\n${JSON.stringify({ statusUrl: newStatusUrl() })}`;
      const response = await api
        .post('/v1/jobs/batch')
        .type('application/x-ndjson')
        .send(body)
        .expect(200);

      const results = response.text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      expect(results).toMatchObject([
        { line: 1, status: 422 },
        { line: 2, status: 503, problem: { reason: 'store-unavailable' } },
      ]);
    } finally {
      await api.redis.restart();
    }
  });

  it('answers a long batch soon when Redis hangs', async () => {
    await eventually(() => api.register());
    const lines = Array.from({ length: 2_000 }, () =>
      JSON.stringify({ statusUrl: newStatusUrl() }),
    );
    api.redis.pause();
    try {
      const startedAtMs = performance.now();
      const response = await api
        .post('/v1/jobs/batch')
        .type('application/x-ndjson')
        .send(`{}\n${lines.join('\n')}`)
        .expect(200);

      expect(response.text.match(/"status":503/g)).toHaveLength(2 * lines.length);
      expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    } finally {
      api.redis.resume();
    }
  });

  it('writes nothing of an error that nobody foresaw into the answer', () => {
    expect(api.log.join('')).not.toContain('"level":"error"');
  });
});
