import { request as httpRequest } from 'node:http';
import type { Job, Problem } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, newStatusUrl, setupApi, setupWorker } from './harness.js';
import { canary } from './keeps-contract.js';

type Worker = Awaited<ReturnType<typeof setupWorker>>;

let api: Api;
let worker: Worker;
beforeAll(async () => {
  api = await setupApi({ BULKWATCH_API_WAIT_MAX: '30s' });
  worker = await setupWorker(api.redis);
  vi.spyOn(api.context.jobWatch, 'watch');
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

/** Until a request waits for the job, so that what follows is seen by waiting and not by the first look. */
const untilHeld = (id: string, times = 1): Promise<void> =>
  eventually(() => {
    const held = vi.mocked(api.context.jobWatch.watch).mock.calls.filter(([jobId]) => jobId === id);
    expect(held).toHaveLength(times);
  });

/** How many requests for a job were held so far, and how many were not. */
async function measured(): Promise<{ held: number; answered: number }> {
  const text = await api.context.metrics.registry.metrics();
  const count = (series: string): number =>
    Number(new RegExp(`^bulkwatch_http_${series} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const route = 'request_duration_seconds_count{route="/v1/jobs/{id}",method="GET"}';
  return {
    held: count('held_seconds_count'),
    answered: count(route.replace(/[{}]/g, '\\$&')),
  };
}

const manifest = Buffer.from('{"transactionTime":"2026-01-01T00:00:00Z","output":[]}');
const nobody = '01890000-0000-7000-8000-000000000000';

describe('GET /v1/jobs/{id}', () => {
  it('masks the query of the status URL', async () => {
    const statusUrl = newStatusUrl();
    const id = await api.register({ statusUrl: `${statusUrl}?sig=${canary}` });

    const response = await api.get(`/v1/jobs/${id}`).expect(200);

    expect((response.body as Job).statusUrl).toBe(`${statusUrl}?…`);
  });

  it('shows what polls found out', async () => {
    const id = await api.register();
    await worker.reportProgress(id, '40% done');

    const { body } = await api.get(`/v1/jobs/${id}`).expect(200);

    expect(body).toMatchObject({ state: 'in-progress', progress: '40% done', pollCount: 1 });
  });

  it('answers 304 while the version is the one that the caller has', async () => {
    const id = await api.register();
    const first = await api.get(`/v1/jobs/${id}`).expect(200);
    const etag = first.headers['etag'] ?? '';

    const same = await api.get(`/v1/jobs/${id}`).set('If-None-Match', etag).expect(304);
    expect(same.text).toBe('');
    await worker.reportProgress(id, 'half');
    const changed = await api.get(`/v1/jobs/${id}`).set('If-None-Match', etag).expect(200);

    expect(changed.headers['etag']).not.toBe(etag);
  });

  it('answers 200 where another thing holds the job, though its version is the same', async () => {
    const id = await api.register();
    const etag = (await api.get(`/v1/jobs/${id}`).expect(200)).headers['etag'] ?? '';
    await worker.hold(id);

    const changed = await api.get(`/v1/jobs/${id}`).set('If-None-Match', etag).expect(200);

    expect((changed.body as Job).heldBy).toBe('all-paused');
    await api
      .get(`/v1/jobs/${id}`)
      .set('If-None-Match', changed.headers['etag'] ?? '')
      .expect(304);
  });

  it('answers HEAD as GET, without the body', async () => {
    const id = await api.register();

    const response = await api.head(`/v1/jobs/${id}`).expect(200);

    expect(response.headers['etag']).toMatch(/^W\/"1-/);
    expect(response.text).toBeFalsy();
  });

  it.each([
    nobody,
    nobody.replace('018', '01G'),
    nobody.toUpperCase().replace('0189', '018A'),
    'x',
    '1%00',
    '..%2f..%2fevents',
    '%7Bbulkwatch%7D:due',
    `${nobody}%20`,
    'x'.repeat(5000),
  ])('knows no job %s', async (id) => {
    const response = await api.get(`/v1/jobs/${id}`).expect(404);

    expect((response.body as Problem).reason).toBe('job-not-found');
  });
});

describe('GET /v1/jobs/{id}?wait=', () => {
  const timed = async <T>(answer: PromiseLike<T>): Promise<[T, number]> => {
    const startedAtMs = performance.now();
    return [await answer, performance.now() - startedAtMs];
  };

  it.each(['', '-1', '1.5', '31', '9999999', '1s', '0x1', 'forever'])(
    'refuses the wait %j',
    async (wait) => {
      const response = await api.get(`/v1/jobs/${await api.register()}?wait=${wait}`).expect(400);

      expect(response.body).toMatchObject({ reason: 'query-invalid', errors: [{ field: 'wait' }] });
    },
  );

  it('refuses a wait given twice, and parameters that it does not know', async () => {
    const id = await api.register();
    await api.get(`/v1/jobs/${id}?wait=1&wait=2`).expect(400);

    const response = await api.get(`/v1/jobs/${id}?a[b][c]=1&__proto__=2`).expect(400);

    const fields = (response.body as Problem).errors?.map(({ field }) => field);
    expect(fields).toEqual(['a[b][c]', '__proto__']);
  });

  it('answers as soon as the job has made progress', async () => {
    const id = await api.register();
    const answer = timed(api.get(`/v1/jobs/${id}?wait=20`).expect(200));
    await untilHeld(id);

    await worker.reportProgress(id, 'a bit');
    const [response, tookMs] = await answer;

    expect((response.body as Job).progress).toBe('a bit');
    expect(tookMs).toBeLessThan(1_500);
  });

  it('answers everybody who waits once the job settles', async () => {
    const id = await api.register();
    const answers = Array.from({ length: 10 }, () => timed(api.get(`/v1/jobs/${id}?wait=20`)));
    await untilHeld(id, 10);

    await worker.complete(id, manifest);

    for (const [response, tookMs] of await Promise.all(answers)) {
      expect((response.body as Job).state).toBe('completed');
      expect(tookMs).toBeLessThan(1_500);
    }
  });

  it('answers with the unchanged job when the time is over, and counts it as held, not as slow', async () => {
    const id = await api.register();
    const before = await measured();

    const [response, tookMs] = await timed(api.get(`/v1/jobs/${id}?wait=1`).expect(200));
    await eventually(async () => expect((await measured()).held).toBe(before.held + 1));
    expect(before.answered).toBeGreaterThan(0);
    expect((await measured()).answered).toBe(before.answered);

    expect((response.body as Job).state).toBe('registered');
    expect(tookMs).toBeGreaterThanOrEqual(1_000);
    expect(tookMs).toBeLessThan(3_000);
  });

  it('takes no poll for a change that only says that the export goes on', async () => {
    const id = await api.register();
    await worker.reportProgress(id, 'same');
    const answer = timed(api.get(`/v1/jobs/${id}?wait=3`));
    await untilHeld(id);

    await worker.reportProgress(id, 'same');
    const [response, tookMs] = await answer;

    expect((response.body as Job).pollCount).toBe(2);
    expect(tookMs).toBeGreaterThanOrEqual(3_000);
  });

  it('notices without the doorbell, if a little later', async () => {
    const id = await api.register();
    const answer = timed(api.get(`/v1/jobs/${id}?wait=20`));
    await untilHeld(id);

    // The intent to delete is a change of the job that has no event.
    await api.delete(`/v1/jobs/${id}?provider=true`).expect(202);
    const [response, tookMs] = await answer;

    expect((response.body as Job).cancelRequestedAt).not.toBeNull();
    expect(tookMs).toBeLessThan(4_000);
  });

  it('answers when an operator pauses the job', async () => {
    const id = await api.register();
    const answer = timed(api.get(`/v1/jobs/${id}?wait=20`));
    await untilHeld(id);
    await api.post(`/v1/jobs/${id}/pause`).expect(200);

    const [response, tookMs] = await answer;
    expect((response.body as Job).health).toBe('paused');
    expect(tookMs).toBeLessThan(5_000);
  });

  it('does not wait for a settled job', async () => {
    const id = await api.register();
    await worker.fail(id);

    const [response, tookMs] = await timed(api.get(`/v1/jobs/${id}?wait=20`).expect(200));

    expect(response.body).toMatchObject({ state: 'failed', reason: 'export-failed' });
    expect(tookMs).toBeLessThan(1_000);
  });

  it('does not wait when the caller has an older version', async () => {
    const id = await api.register();
    const etag = (await api.get(`/v1/jobs/${id}`)).headers['etag'] ?? '';
    await worker.reportProgress(id, 'newer');

    const [response, tookMs] = await timed(
      api.get(`/v1/jobs/${id}?wait=20`).set('If-None-Match', etag).expect(200),
    );

    expect((response.body as Job).progress).toBe('newer');
    expect(tookMs).toBeLessThan(1_000);
  });

  it('waits, and answers 304, while the caller has the current version', async () => {
    const id = await api.register();
    const etag = (await api.get(`/v1/jobs/${id}`)).headers['etag'] ?? '';

    const [, tookMs] = await timed(
      api.get(`/v1/jobs/${id}?wait=1`).set('If-None-Match', etag).expect(304),
    );

    expect(tookMs).toBeGreaterThanOrEqual(1_000);
  });

  it('waits on while a job that is due is held, and shows by what when the time is over', async () => {
    const id = await api.register();
    const etag = (await api.get(`/v1/jobs/${id}`)).headers['etag'] ?? '';
    await worker.hold(id);

    const [response, tookMs] = await timed(
      api.get(`/v1/jobs/${id}?wait=1`).set('If-None-Match', etag).expect(200),
    );

    expect(tookMs).toBeGreaterThanOrEqual(1_000);
    expect((response.body as Job).heldBy).toBe('all-paused');
  });

  it('answers when a refresh is over', async () => {
    const id = await api.register();
    await worker.complete(id, manifest);
    await api.post(`/v1/jobs/${id}/refresh`).expect(202);
    const answer = timed(api.get(`/v1/jobs/${id}?wait=20`).expect(200));
    await untilHeld(id);

    await worker.failRefresh(id);
    const [response, tookMs] = await answer;

    expect(response.body).toMatchObject({ refreshUntil: null, refreshReason: 'export-expired' });
    expect(tookMs).toBeLessThan(5_000);
  });

  it('forgets a caller that hangs up', async () => {
    const id = await api.register();
    const { jobWatch } = api.context;
    const watch = jobWatch.watch;
    const unwatched = vi.fn();
    vi.mocked(watch).mockImplementationOnce((jobId, wake) => {
      const unwatch = watch(jobId, wake);
      return () => {
        unwatched();
        unwatch();
      };
    });
    const request = httpRequest(`http://127.0.0.1:${api.port}/v1/jobs/${id}?wait=30`).end();
    request.on('error', () => undefined);
    await untilHeld(id, 2);

    request.destroy();

    // Well before one would look by oneself.
    await eventually(() => expect(unwatched).toHaveBeenCalledOnce(), { timeoutMs: 1_000 });
    const line = api.log.find((text) => text.includes(id) && text.includes('"completed":false'));
    expect(line).toBeDefined();
  });

  it('does not wait for a job that nobody knows', async () => {
    await api.get(`/v1/jobs/${nobody}?wait=20`).expect(404);
  });
});
