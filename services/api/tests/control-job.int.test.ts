import { randomBytes } from 'node:crypto';
import type { Job, Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, setupApi, setupWorker } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

let api: Api;
let files: Awaited<ReturnType<typeof withFiles>>;
let worker: Awaited<ReturnType<typeof setupWorker>>;
beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${randomBytes(32).toString('base64')}\n` });
  api = await setupApi({ BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys') });
  worker = await setupWorker(api.redis, files.path('seal-keys'));
});
afterAll(async () => {
  await worker.close();
  await api.stop();
  await files.remove();
});

const act = (id: string, action: string) => api.post(`/v1/jobs/${id}/${action}`);
const reasonOf = (response: { body: unknown }) => (response.body as Problem).reason;
const nobody = '01890000-0000-7000-8000-000000000000';

describe('POST /v1/jobs/{id}/pause and /resume', () => {
  it('pause a job and let it go on, any number of times', async () => {
    const id = await api.register();
    const paused = await act(id, 'pause').expect(200);
    expect(paused.body as Job).toMatchObject({ id, health: 'paused', pausedBy: 'anonymous' });
    expect((await act(id, 'pause').expect(200)).headers['etag']).toBe(paused.headers['etag']);
    const shown = await api.get(`/v1/jobs/${id}`).expect(200);
    expect(shown.body).toEqual(paused.body);
    expect(shown.headers['etag']).toBe(paused.headers['etag']);
    const list = await api.get('/v1/jobs?health=paused').expect(200);
    expect((list.body as { jobs: Job[] }).jobs.map((job) => job.id)).toContain(id);

    const resumed = await act(id, 'resume').expect(200);
    expect(resumed.body as Job).toMatchObject({ health: 'ok', pausedBy: null });
    expect((await act(id, 'resume').expect(200)).body).toEqual(resumed.body);
  });
});

describe('POST /v1/jobs/{id}/poll', () => {
  it('makes a job due, with a body or without one', async () => {
    const id = await api.register();
    expect((await act(id, 'poll').expect(202)).body as Job).toMatchObject({ id });
    await act(id, 'poll').send({ force: false }).expect(202);
    await act(id, 'poll').send({}).expect(202);
  });

  it('waits for a Retry-After unless forced, and says how long', async () => {
    const id = await api.register({ retryAfter: '600' });
    const { dueAt } = (await api.get(`/v1/jobs/${id}`).expect(200)).body as Job;
    const refused = await act(id, 'poll').expect(409);
    expect(reasonOf(refused)).toBe('retry-after-not-over');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(590);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(600);
    const [, told = ''] = /^Not before (.*)\.$/.exec((refused.body as Problem).detail ?? '') ?? [];
    expect(Math.abs(Date.parse(told) - Date.parse(dueAt ?? ''))).toBeLessThan(1_000);

    const forced = await act(id, 'poll').send({ force: true }).expect(202);
    expect(Date.parse((forced.body as Job).dueAt ?? '')).toBeLessThan(Date.now() + 1_000);
    expect(await counted('requested_polls_total{forced="true"}')).toBe(1);
  });

  it.each([
    [{}, 1_000],
    [{ preset: 'ab2d' }, 5_000],
  ])('keeps to the floor of house and preset: %j', async (body, floorMs) => {
    const id = await api.register(body);
    await worker.reportProgress(id, 'half', 600_000);
    const { dueAt, lastPolledAt } = (await act(id, 'poll').expect(202)).body as Job;
    expect(Date.parse(dueAt ?? '') - Date.parse(lastPolledAt ?? '')).toBe(floorMs);
  });

  it('is not for a paused job', async () => {
    const id = await api.register();
    await act(id, 'pause').expect(200);
    const refused = await act(id, 'poll').send({ force: true }).expect(409);
    expect([reasonOf(refused), refused.headers['retry-after']]).toEqual(['job-paused', undefined]);
  });

  it.each([
    [{ force: 'yes' }, '/force'],
    [{ now: true }, '/now'],
    [[], ''],
  ])('refuses %j', async (body, field) => {
    const refused = await act(await api.register(), 'poll')
      .send(body)
      .expect(422);
    expect((refused.body as Problem).errors?.[0]?.field).toBe(field);
  });
});

describe('POST /v1/jobs/{id}/republish', () => {
  it('tells the event of a settled job again', async () => {
    const id = await api.register();
    expect(reasonOf(await act(id, 'republish').expect(409))).toBe('job-not-settled');
    await worker.complete(id, Buffer.from('{"output":[]}'));
    const before = await api.get(`/v1/jobs/${id}`).expect(200);
    expect((await act(id, 'republish').expect(200)).body).toEqual(before.body);
    for (const result of ['done', 'refused'])
      expect(await counted(`job_actions_total{action="republish",result="${result}"}`)).toBe(1);
    expect(await counted('events_published_total{event="completed"}')).toBe(1);
  });
});

describe('POST /v1/jobs/{id}/refresh', () => {
  it('has the provider of a completed job asked again', async () => {
    const id = await api.register();
    expect(reasonOf(await act(id, 'refresh').expect(409))).toBe('job-not-completed');
    await worker.complete(id, Buffer.from('{"output":[]}'));
    const response = await act(id, 'refresh').expect(202);
    expect(response.body as Job).toMatchObject({
      state: 'completed',
      manifestVersion: 1,
      refreshUntil: expect.any(String) as string,
      refreshReason: null,
    });
    expect((await act(id, 'refresh').send({}).expect(202)).body).toEqual(response.body);
  });

  it('needs another token where one was submitted, which is shown nowhere', async () => {
    const id = await api.register({ bearerToken: 'old' });
    await worker.complete(id, Buffer.from('{"output":[]}'));
    expect(reasonOf(await act(id, 'refresh').expect(422))).toBe('bearer-token-needed');
    await act(id, 'refresh').send({ bearerToken: canary }).expect(202);
    expect(api.log.join('\n')).not.toContain(canary);
  });

  it.each([{ bearerToken: '' }, { bearerToken: 'a b' }, { token: 'x' }])(
    'refuses %j',
    async (body) => {
      await act(nobody, 'refresh').send(body).expect(422);
    },
  );
});

describe.each(['pause', 'resume', 'poll'])('POST /v1/jobs/{id}/%s', (action) => {
  it('answers 409 for a job that is settled', async () => {
    const id = await api.register();
    await api.delete(`/v1/jobs/${id}`).expect(200);
    expect(reasonOf(await act(id, action).expect(409))).toBe('job-already-settled');
  });
});

it.each(['pause', 'resume', 'poll', 'refresh', 'republish'])(
  '%s answers 404 for none',
  async (action) => {
    expect(reasonOf(await act(nobody, action).expect(404))).toBe('job-not-found');
    await act('of-no-shape', action).expect(404);
  },
);

async function counted(series: string): Promise<number> {
  const text = await api.context.metrics.registry.metrics();
  const line = text.split('\n').find((one) => one.startsWith(`bulkwatch_${series} `));
  return Number(line?.split(' ')[1]);
}
