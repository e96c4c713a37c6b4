import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BulkwatchError, createClient, isBulkwatchError } from '../src/index.js';
import { anyJob, half, hangUp, json, problem, scriptedServer, silence } from './scripted-server.js';

/** The error that a call rejects with. */
async function errorOf(call: Promise<unknown>): Promise<BulkwatchError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BulkwatchError);
  return error as BulkwatchError;
}

const ok = json(200, anyJob);

describe('a call', () => {
  it('goes under the path of the base URL, with the key', async () => {
    await using server = await scriptedServer(ok);
    const client = createClient({ baseUrl: `${server.baseUrl}/bulk/watch/`, apiKey: 'key-1' });

    expect(await client.getJob('a/b?c')).toEqual(anyJob);

    const [request] = server.received;
    expect(request?.target).toBe('/bulk/watch/v1/jobs/a%2Fb%3Fc');
    expect(request?.headers.authorization).toBe('Bearer key-1');
  });

  it('takes no offence at members that it does not know', async () => {
    await using server = await scriptedServer(json(200, { ...anyJob, mood: 'good' }));

    expect(await createClient(server).getJob('job-1')).toMatchObject({ mood: 'good' });
  });

  it('rejects with the reason, the problem and the id of the request', async () => {
    const errors = [{ field: '/labels', message: 'at most 32 labels' }];
    await using server = await scriptedServer(
      problem(422, 'validation-failed', {}, { errors, detail: 'Look there.' }),
    );

    const error = await errorOf(createClient(server).registerJob({ statusUrl: 'https://x.org/1' }));

    expect(error).toMatchObject({
      reason: 'validation-failed',
      status: 422,
      requestId: 'request-1',
      retryAfterMs: null,
      problem: { errors },
    });
    expect(error.message).toBe(
      'Title of validation-failed. Look there. (validation-failed, HTTP 422, request request-1)',
    );
    expect(isBulkwatchError(error, 'job-not-found', 'validation-failed')).toBe(true);
    expect(isBulkwatchError(error, 'job-not-found')).toBe(false);
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['a page of something else', 200, '<html>sign in</html>'],
    ['JSON of something else', 200, '{"status":"up"}'],
    ['a list', 200, '[]'],
    ['an error of something else', 404, 'no such page'],
  ])('rejects %s as unreadable', async (_what, status, text) => {
    await using server = await scriptedServer((response) => response.writeHead(status).end(text));

    const error = await errorOf(createClient(server).getJob('job-1'));

    expect(error).toMatchObject({ reason: 'response-unreadable', status, problem: null });
  });

  it('does not follow a redirect', async () => {
    await using other = await scriptedServer(ok);
    await using server = await scriptedServer((response) =>
      response.writeHead(307, { location: `${other.baseUrl}/v1/jobs/job-1` }).end(),
    );

    const error = await errorOf(createClient({ baseUrl: server.baseUrl, apiKey: 'k' }).getJob('1'));

    expect(error).toMatchObject({ reason: 'response-unreadable', status: 307 });
    expect(other.received).toHaveLength(0);
  });
});

describe('a call that may succeed later', () => {
  it('is sent again, not before Retry-After', async () => {
    await using server = await scriptedServer(
      problem(503, 'store-unavailable', { 'retry-after': '1' }),
      ok,
    );

    await createClient(server).pauseJob('job-1');

    const [first, second] = server.received.map(({ atMs }) => atMs) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['no answer came', hangUp],
    ['half an answer came', half],
    ['a gateway was without the api', json(502, 'bad gateway')],
    ['there were too many requests', problem(429, 'too-many-requests', { 'retry-after': '0' })],
  ])('is sent again where %s', async (_why, reply) => {
    await using server = await scriptedServer(reply, reply, ok);

    expect(await createClient(server).getJob('job-1')).toEqual(anyJob);
    expect(server.received).toHaveLength(3);
  });

  it('is sent again where an answer does not come in time', async () => {
    await using server = await scriptedServer(silence, ok);
    const client = createClient({ ...server, attemptTimeoutMs: 100 });

    expect(await client.getJob('job-1')).toEqual(anyJob);
  });

  it('registers under one Idempotency-Key, and the next one under another', async () => {
    await using server = await scriptedServer(hangUp, json(201, anyJob));
    const client = createClient(server);

    const { created } = await client.registerJob({ statusUrl: 'https://x.org/1' });
    await client.registerJob({ statusUrl: 'https://x.org/1' }, { idempotencyKey: 'mine' });

    const [first, second, third] = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(created).toBe(true);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
    expect(third).toBe('mine');
  });

  it('is sent as often as the options say, and rejects with the last answer', async () => {
    await using server = await scriptedServer(problem(503, 'store-unavailable'));

    const error = await errorOf(createClient({ ...server, retries: 2 }).getJob('job-1'));

    expect(error.reason).toBe('store-unavailable');
    expect(server.received).toHaveLength(3);
  });

  it('is not waited for beyond its time', async () => {
    await using server = await scriptedServer(
      problem(429, 'too-many-requests', { 'retry-after': '60' }),
    );
    const startedMs = performance.now();

    const error = await errorOf(createClient({ ...server, timeoutMs: 5_000 }).getJob('job-1'));

    expect(error).toMatchObject({ reason: 'too-many-requests', retryAfterMs: 60_000 });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('ends in its time where nothing answers', async () => {
    await using server = await scriptedServer(silence);
    const startedMs = performance.now();

    const error = await errorOf(createClient(server).getJob('job-1', { timeoutMs: 200 }));

    expect(error).toMatchObject({ reason: 'timed-out', status: null });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it.each([
    ['what the caller has to mend', problem(409, 'retry-after-not-over', { 'retry-after': '1' })],
    ['a fault of the api', problem(500, 'internal-error')],
  ])('is not %s', async (_what, reply) => {
    await using server = await scriptedServer(reply);

    await errorOf(createClient(server).getJob('job-1'));

    expect(server.received).toHaveLength(1);
  });

  it('is not sent again where its answer held a secret that is lost', async () => {
    await using server = await scriptedServer(hangUp);
    const client = createClient(server);

    await errorOf(client.createWebhookEndpoint({ url: 'https://hooks.example.org' }));
    await errorOf(client.rotateWebhookSecret('endpoint-1'));
    expect(server.received).toHaveLength(2);
  });

  it('is not sent again where it is forced and might have arrived', async () => {
    await using server = await scriptedServer(hangUp);
    const client = createClient(server);

    await errorOf(client.pollNow('job-1', { force: true }));
    await errorOf(
      client.controlJobs({ action: 'poll', filter: { state: 'registered' }, force: true }),
    );

    expect(server.received).toHaveLength(2);
  });
});

describe('a signal', () => {
  it.each([
    ['a request', silence],
    ['a wait', problem(503, 'store-unavailable', { 'retry-after': '30' })],
  ])('ends %s, with its own reason', async (_what, reply) => {
    await using server = await scriptedServer(reply);
    const controller = new AbortController();
    const call = createClient(server).getJob('job-1', { signal: controller.signal });
    const why = new Error('changed my mind');
    setTimeout(() => controller.abort(why), 100);

    await expect(call).rejects.toBe(why);
    expect(server.received).toHaveLength(1);
  });

  it('that aborted before lets nothing be sent', async () => {
    await using server = await scriptedServer(ok);

    await expect(
      createClient(server).getJob('job-1', { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.received).toHaveLength(0);
  });
});

describe('a token', () => {
  it('is asked for each request, and anew when it is refused', async () => {
    await using server = await scriptedServer(problem(401, 'authentication-invalid'), ok);
    const asked: boolean[] = [];
    const client = createClient({
      ...server,
      token: ({ renew }) => {
        asked.push(renew);
        return Promise.resolve(renew ? 'new' : 'old');
      },
    });

    await client.getJob('job-1');

    expect(asked).toEqual([false, true]);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });

  it('that is refused again is an error', async () => {
    await using server = await scriptedServer(problem(401, 'authentication-invalid'));

    const error = await errorOf(createClient({ ...server, token: () => 'old' }).getJob('job-1'));

    expect(error.reason).toBe('authentication-invalid');
    expect(server.received).toHaveLength(2);
  });

  it('is not asked for anew where it is an API key', async () => {
    await using server = await scriptedServer(problem(401, 'authentication-invalid'));

    await errorOf(createClient({ ...server, apiKey: 'k' }).getJob('job-1'));

    expect(server.received).toHaveLength(1);
  });
});

describe('what is secret', () => {
  const secret = 'canary-5f2c81';

  it.each([
    ['a key', { apiKey: `${secret}\n` }],
    ['a base URL', { baseUrl: `https://${secret}:x@example.org` }],
    ['a base URL that is none', { baseUrl: secret }],
    ['a query', { baseUrl: `https://example.org?k=${secret}` }],
  ])('is not quoted where %s is refused', (_what, options) => {
    const create = () => createClient({ baseUrl: 'http://127.0.0.1:1', ...options });

    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(secret);
  });

  it('is in no error of a call, however it ends', async () => {
    await using server = await scriptedServer(
      hangUp,
      silence,
      problem(401, 'authentication-invalid'),
      json(500, 'x'),
    );
    const client = createClient({
      ...server,
      apiKey: secret,
      retries: 0,
      attemptTimeoutMs: 200,
    });
    const statusUrl = `https://ehr.example.org/1?sig=${secret}`;
    for (let call = 0; call < 4; call += 1) {
      const error = await errorOf(client.registerJob({ statusUrl, bearerToken: secret }));
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
      expect(JSON.stringify(error)).not.toContain(secret);
    }
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  it('is not quoted where a token cannot be sent', async () => {
    await using server = await scriptedServer(ok);
    const call = createClient({ ...server, token: () => `${secret} ` }).getJob('job-1');

    await expect(call).rejects.toThrow('printable ASCII');
    await expect(call).rejects.not.toThrow(secret);
    expect(server.received).toHaveLength(0);
  });
});
