import { describe, expect, it } from 'vitest';
import { createClient, type Job } from '../src/index.js';
import {
  anyJob,
  hangUp,
  json,
  problem,
  type Reply,
  scriptedServer,
  silence,
} from './scripted-server.js';

const version = (number: number, members: object = {}): Reply =>
  json(200, { ...anyJob, ...members }, { etag: `W/"${number}"` });
const settled = (number: number, state: string): Reply =>
  version(number, { state, settledAt: '2026-01-01T00:00:00Z' });
const notModified: Reply = (response) => response.writeHead(304, { etag: 'W/"1"' }).end();

describe('waiting for a job', () => {
  it('holds on with the version that it knows, until the job has settled', async () => {
    await using server = await scriptedServer(
      version(1),
      notModified,
      version(2, { progress: '50%' }),
      settled(3, 'completed'),
    );
    const seen: (string | undefined)[] = [];

    const job = await createClient(server).waitFor('job-1', {
      onProgress: ({ state, progress }) => seen.push(progress ?? state),
    });

    expect(job.state).toBe('completed');
    expect(seen).toEqual(['registered', '50%', 'completed']);
    expect(
      server.received.map(({ target, headers }) => [target, headers['if-none-match']]),
    ).toEqual([
      ['/v1/jobs/job-1', undefined],
      ['/v1/jobs/job-1?wait=30', 'W/"1"'],
      ['/v1/jobs/job-1?wait=30', 'W/"1"'],
      ['/v1/jobs/job-1?wait=30', 'W/"2"'],
    ]);
  });

  it.each(['failed', 'cancelled', 'abandoned'])('gives a job that is %s', async (state) => {
    await using server = await scriptedServer(settled(1, state));

    expect((await createClient(server).waitFor('job-1')).state).toBe(state);
    expect(server.received).toHaveLength(1);
  });

  it('ends sooner where it is told until when', async () => {
    await using server = await scriptedServer(version(1), version(2, { state: 'in-progress' }));

    const job = await createClient(server).waitFor('job-1', {
      until: ({ state }) => state === 'in-progress',
    });

    expect(job.state).toBe('in-progress');
  });

  it('ends with the job, though what it waits for never came', async () => {
    await using server = await scriptedServer(settled(1, 'failed'));

    const job = await createClient(server).waitFor('job-1', { until: () => false });

    expect(job.state).toBe('failed');
  });

  it('sits it out when the api is away or busy', async () => {
    await using server = await scriptedServer(
      version(1),
      hangUp,
      problem(503, 'store-unavailable'),
      problem(429, 'too-many-requests'),
      settled(2, 'completed'),
    );

    const job = await createClient({ ...server, retries: 0 }).waitFor('job-1');

    expect(job.state).toBe('completed');
  });

  it('does not wait for an api that never answered', async () => {
    await using server = await scriptedServer(hangUp);

    await expect(createClient({ ...server, retries: 1 }).waitFor('job-1')).rejects.toMatchObject({
      reason: 'connection-failed',
    });
    expect(server.received).toHaveLength(2);
  });

  it('ends when the job is not there any more', async () => {
    await using server = await scriptedServer(version(1), problem(404, 'job-not-found'));

    await expect(createClient(server).waitFor('job-1')).rejects.toMatchObject({
      reason: 'job-not-found',
    });
  });

  it('asks the api to hold on for less long where it refuses', async () => {
    const errors = [{ field: 'wait', message: 'must be whole seconds, 0 to 10' }];
    const refused = problem(400, 'query-invalid', {}, { errors });
    await using server = await scriptedServer(
      version(1),
      refused,
      refused,
      settled(2, 'completed'),
    );

    await createClient(server).waitFor('job-1');

    expect(server.received.map(({ target }) => target.split('wait=')[1])).toEqual([
      undefined,
      '30',
      '15',
      '7',
    ]);
  });

  it('does not ask at full speed where answers come at once', async () => {
    await using server = await scriptedServer(version(1), notModified);
    const waiting = createClient(server).waitFor('job-1', { timeoutMs: 2_500 });

    await expect(waiting).rejects.toMatchObject({ reason: 'timed-out' });
    expect(server.received.length).toBeLessThanOrEqual(6);
  });

  it('ends in its time where the api holds on', async () => {
    await using server = await scriptedServer(version(1), silence);
    const startedMs = performance.now();
    const waiting = createClient(server).waitFor('job-1', { timeoutMs: 1_500 });

    await expect(waiting).rejects.toMatchObject({ reason: 'timed-out' });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('ends with the signal, with its reason', async () => {
    await using server = await scriptedServer(version(1), silence);
    const controller = new AbortController();
    const why = new Error('shutting down');
    setTimeout(() => controller.abort(why), 100);

    await expect(createClient(server).waitFor('job-1', { signal: controller.signal })).rejects.toBe(
      why,
    );
  });

  it('ends with what a callback throws', async () => {
    await using server = await scriptedServer(version(1));
    const why = new Error('cannot show it');
    const onProgress = (_job: Job): void => {
      throw why;
    };

    await expect(createClient(server).waitFor('job-1', { onProgress })).rejects.toBe(why);
    expect(server.received).toHaveLength(1);
  });
});
