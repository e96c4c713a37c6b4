import { eventually, type Redis, startRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupWorker } from '../../../services/api/tests/harness.js';
import { createClient, type Job } from '../src/index.js';
import { apiProcess, createKey, provider } from './api-process.js';

type Api = Awaited<ReturnType<typeof apiProcess>>;
type Worker = Awaited<ReturnType<typeof setupWorker>>;

let statusUrls = 0;
const newStatusUrl = (): string => `${provider}/bulk-export/jobs/${(statusUrls += 1)}`;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

describe('with an api on this machine', () => {
  let redis: Redis;
  let api: Api;
  let worker: Worker;
  beforeAll(async () => {
    redis = await startRedis();
    [api, worker] = await Promise.all([apiProcess(redis), setupWorker(redis)]);
  });
  afterAll(async () => {
    await api.stop();
    await worker.close();
    await redis.stop();
  });

  it('registers once what is registered twice', async () => {
    const client = createClient(api);
    const registration = { statusUrl: newStatusUrl(), labels: { study: 'cardio-7' } };

    const first = await client.registerJob(registration);
    const again = await client.registerJob(registration);

    expect(first.created).toBe(true);
    expect(again).toEqual({ job: first.job, created: false });
    expect(await client.getJob(first.job.id)).toEqual(first.job);
  });

  it('waits for a job while the api is killed and comes back', async () => {
    const client = createClient(api);
    const { job } = await client.registerJob({ statusUrl: newStatusUrl() });
    const seen: Job[] = [];
    const waiting = client.waitFor(job.id, { onProgress: (now) => seen.push(now) });
    await eventually(() => expect(seen).toHaveLength(1));

    await worker.reportProgress(job.id, '40%');
    await eventually(() => expect(seen.at(-1)?.progress).toBe('40%'));
    await api.kill();
    await worker.complete(job.id, Buffer.from('{"output":[{"type":"Patient","url":"u"}]}'));
    await api.start();

    expect(await waiting).toMatchObject({ id: job.id, state: 'completed' });
    expect(seen.at(-1)?.state).toBe('completed');
    expect((await client.getManifest(job.id)).output).toEqual([{ type: 'Patient', url: 'u' }]);
    expect((await client.listPolls(job.id)).map(({ status }) => status)).toEqual([200, 202]);
    await expect(client.pauseJob(job.id)).rejects.toMatchObject({ reason: 'job-already-settled' });
    expect(await client.republishEvent(job.id)).toMatchObject({ state: 'completed' });
    expect((await client.refreshJob(job.id)).refreshUntil).not.toBeNull();
  });

  it('gives a failed job like any other outcome', async () => {
    const client = createClient(api);
    const { job } = await client.registerJob({ statusUrl: newStatusUrl() });
    await worker.fail(job.id);

    expect(await client.waitFor(job.id)).toMatchObject({
      state: 'failed',
      reason: 'export-failed',
    });
    await expect(client.getManifest(job.id)).rejects.toMatchObject({ reason: 'manifest-never' });
  });

  it('controls a job', async () => {
    const client = createClient(api);
    const { job } = await client.registerJob({ statusUrl: newStatusUrl(), retryAfter: 600 });

    expect(await client.pauseJob(job.id)).toMatchObject({ health: 'paused' });
    await expect(client.pollNow(job.id)).rejects.toMatchObject({ reason: 'job-paused' });
    expect(await client.resumeJob(job.id)).toMatchObject({ health: 'ok' });
    await expect(client.pollNow(job.id)).rejects.toMatchObject({
      reason: 'retry-after-not-over',
      retryAfterMs: expect.toSatisfy((ms: number) => ms > 500_000),
    });
    expect((await client.pollNow(job.id, { force: true })).id).toBe(job.id);
    expect(await client.amendJob(job.id, { labels: { site: 'north' } })).toMatchObject({
      labels: { site: 'north' },
    });
    expect(await client.cancelJob(job.id)).toMatchObject({ state: 'cancelled' });
  });

  it('registers many, lists them in pages, and acts on all', async () => {
    const client = createClient(api);
    const labels = { batch: 'many' };
    const results = await all(
      client.registerBatch(
        Array.from({ length: 620 }, () => ({ statusUrl: newStatusUrl(), labels })),
      ),
    );
    expect(results.map(({ line, status }) => [line, status])).toEqual(
      results.map((_, index) => [index + 1, 201]),
    );

    const jobs = await all(client.eachJob({ labels }, { limit: 300 }));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(620);
    expect((await client.listJobs({ labels }, { limit: 3 })).jobs).toHaveLength(3);

    const cancel = { action: 'cancel', filter: { labels }, limit: 500 } as const;
    expect(await all(client.controlEachJob(cancel))).toHaveLength(620);
    expect(await all(client.eachJob({ labels, state: 'registered' }))).toEqual([]);
  });

  it('names the line of an import that is not acceptable', async () => {
    const text = `# north\n${newStatusUrl()}\nhttps://elsewhere.example.org/1\n`;
    const results = await all(createClient(api).importUrls(text, { reference: 'order 4711' }));

    expect(results).toMatchObject([
      { line: 2, status: 201, job: { reference: 'order 4711' } },
      { line: 3, status: 422, problem: { reason: 'provider-not-allowed' } },
    ]);
  });

  it('controls providers', async () => {
    const client = createClient(api);
    await client.registerJob({ statusUrl: newStatusUrl() });

    expect((await client.pauseProvider(provider)).pausedAt).not.toBeNull();
    expect((await client.resumeProvider(provider)).pausedAt).toBeNull();
    expect((await client.pauseEverything()).pausedBy).not.toBeNull();
    expect((await client.listProviders()).everything.pausedAt).not.toBeNull();
    expect((await client.resumeEverything()).pausedAt).toBeNull();
    expect((await client.getProvider(provider, { days: 3 })).scorecard.pollCount).toBeGreaterThan(
      0,
    );
    expect((await all(client.eachProvider())).map(({ origin }) => origin)).toEqual([provider]);
    await expect(client.getProvider('https://none.example.org')).rejects.toMatchObject({
      reason: 'provider-not-found',
    });
  });

  it('tells its version to anybody', async () => {
    const nobody = createClient({ baseUrl: api.baseUrl });

    expect(await nobody.getApiVersion()).toBe('1');
  });

  it('holds out while Redis is away for a moment', async () => {
    const client = createClient(api);
    redis.pause();
    const registering = client.registerJob({ statusUrl: newStatusUrl() });
    setTimeout(() => redis.resume(), 1_500);

    expect((await registering).job.state).toBe('registered');
  });
});

describe('with an api that asks who it is', () => {
  let redis: Redis;
  let api: Api;
  beforeAll(async () => {
    redis = await startRedis();
    api = await apiProcess(redis, {
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_API_RATE_LIMIT: '60',
    });
  });
  afterAll(async () => {
    await api.stop();
    await redis.stop();
  });

  it('says who it is, and sees its own tenant alone', async () => {
    const acme = createClient({ ...api, apiKey: await createKey(redis, 'acme', 'admin') });
    const other = createClient({ ...api, apiKey: await createKey(redis, 'other', 'jobs:read') });
    const { job } = await acme.registerJob({ statusUrl: newStatusUrl() });

    await expect(other.getJob(job.id)).rejects.toMatchObject({ reason: 'job-not-found' });
    await expect(other.cancelJob(job.id)).rejects.toMatchObject({
      reason: 'scope-missing',
      status: 403,
    });
    await expect(acme.pauseEverything()).rejects.toMatchObject({ reason: 'default-tenant-only' });
    await expect(createClient(api).getJob(job.id)).rejects.toMatchObject({
      reason: 'authentication-missing',
    });
    await expect(
      createClient({ ...api, apiKey: 'bwk_0000000000000000_x' }).getJob(job.id),
    ).rejects.toMatchObject({ reason: 'authentication-invalid' });
  });

  it('waits where a batch is more than its quota', async () => {
    const apiKey = await createKey(redis, 'batches', 'jobs:write');
    const urls = Array.from({ length: 63 }, newStatusUrl);

    const results = await all(createClient({ ...api, apiKey }).importUrls(urls));

    expect(results.map(({ status }) => status)).toEqual(urls.map(() => 201));
    expect(results.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual(
      urls.map((_, index) => index + 1),
    );
  });
});
