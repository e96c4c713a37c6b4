import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Problem } from '@bulkwatch/contract';
import { eventually, type SentinelHouse, startSentinelHouse, tellRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi } from './harness.js';

let house: SentinelHouse;
let api: Api;
beforeAll(async () => {
  house = await startSentinelHouse();
  api = await setupApi(
    {
      BULKWATCH_REPLICAS: '1',
      BULKWATCH_REPLICAS_TIMEOUT: '400ms',
      BULKWATCH_REDIS_SENTINELS: house.sentinels.join(','),
      BULKWATCH_REDIS_SENTINEL_PRIMARY: house.name,
    },
    house.primary,
  );
});
afterAll(async () => {
  await api.stop();
  await house.stop();
});

/** The promise is a second; the rest is for a machine that is busy with other tests. */
const aSecondMs = 1_500;

const registerOne = (statusUrl: string) => api.post('/v1/jobs').send({ statusUrl });
const registerMany = (statusUrls: readonly string[]) =>
  api
    .post('/v1/jobs/batch')
    .type('application/x-ndjson')
    .send(statusUrls.map((statusUrl) => `${JSON.stringify({ statusUrl })}\n`).join(''));
const untilReplicated = (statusUrl: string) =>
  eventually(
    () => registerOne(statusUrl).expect(({ status }) => expect([200, 201]).toContain(status)),
    {
      timeoutMs: 20_000,
    },
  );

describe('a registration that has to be on a replica', () => {
  beforeEach(() => untilReplicated(newStatusUrl()));

  it('is acknowledged once it is there', async () => {
    const statusUrl = newStatusUrl();

    const { body } = await untilReplicated(statusUrl);
    const { id } = body as Job;
    expect(await tellRedis(house.replica.port, `EXISTS {bulkwatch}:job:${id}`)).toContain(':1');

    expect((await untilReplicated(statusUrl)).body).toMatchObject({ id });
    const [known, fresh] = await eventually(async () => {
      const { text } = await registerMany([statusUrl, newStatusUrl()]).expect(200);
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { status: number; job: Job });
    });
    expect(known).toMatchObject({ status: 200, job: { id } });
    expect([200, 201]).toContain(fresh?.status);
  });

  it('is refused within a second while the replica hangs, as often as it is tried, and then acknowledged', async () => {
    const [first = '', ...others] = Array.from({ length: 40 }, newStatusUrl);

    house.replica.pause();
    try {
      for (const call of [
        () => registerOne(first),
        () => registerOne(first),
        () => registerMany([first, ...others]),
      ]) {
        const startedAtMs = performance.now();
        const response = await call().expect(503).expect('Retry-After', '1');
        expect((response.body as Problem).reason).toBe('not-replicated');
        expect(performance.now() - startedAtMs).toBeLessThan(aSecondMs);
      }
      // What asks nothing of replicas is answered as ever.
      await api.get('/v1/jobs').expect(200);
    } finally {
      house.replica.resume();
    }
    const { body } = await untilReplicated(first);
    const jobs = (await api.get('/v1/jobs?limit=100').expect(200)).body as { jobs: Job[] };
    expect(jobs.jobs.filter(({ statusUrl }) => statusUrl === first)).toEqual([
      expect.objectContaining({ id: (body as Job).id }),
    ]);
  });
});

describe('when the primary dies', () => {
  it('has lost no registration that was acknowledged, of those that the replica never had either', async () => {
    const acknowledged: string[] = [];
    const refused = new Map<string, number>();
    const over = new AbortController();
    const caller = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const { body, status } = await registerOne(newStatusUrl());
        const { id, reason = '' } = body as Partial<Job & Problem>;
        if (status === 201 && id !== undefined) acknowledged.push(id);
        else {
          refused.set(reason, (refused.get(reason) ?? 0) + 1);
          await pause(20);
        }
      }
    };
    await untilReplicated(newStatusUrl());
    const callers = Array.from({ length: 8 }, caller);
    try {
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(100));
      // From here on the primary alone has what is registered, and nobody will ever ask it again.
      house.replica.pause();
      await tellRedis(house.primary.port, 'CLIENT KILL TYPE replica');
      await eventually(() => expect(refused.get('not-replicated')).toBeGreaterThan(10));
      await house.primary.kill();
      house.replica.resume();
      await eventually(
        async () => expect(await tellRedis(house.replica.port, 'ROLE')).toContain('master'),
        { timeoutMs: 20_000, everyMs: 50 },
      );
      const before = refused.get('not-replicated') ?? 0;
      await eventually(() => expect(refused.get('not-replicated')).toBeGreaterThan(before + 10), {
        timeoutMs: 20_000,
      });
      // It comes back as a replica, and all goes on.
      await house.primary.restart();
      await tellRedis(house.primary.port, `REPLICAOF 127.0.0.1 ${house.replica.port}`);
      const sofar = acknowledged.length;
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(sofar + 100), {
        timeoutMs: 20_000,
      });
    } finally {
      over.abort();
      await Promise.all(callers);
    }

    const answers = await Promise.all(acknowledged.map((id) => api.get(`/v1/jobs/${id}`)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  }, 60_000);
});
