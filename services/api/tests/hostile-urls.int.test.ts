import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Problem } from '@bulkwatch/contract';
import { hostileUrls } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi } from './harness.js';
import { withFiles } from './with-files.js';

/** The most open that the settings allow: whatever is refused here is refused everywhere. */
const open = {
  BULKWATCH_DANGEROUSLY_ALLOW_ANY_PUBLIC_ORIGIN: 'true',
  BULKWATCH_WEBHOOK_ORIGINS: 'https://public.example,https://*.public.example,https://evil.example',
};

describe('a registration', () => {
  let api: Api;
  let files: Awaited<ReturnType<typeof withFiles>>;
  let visits = 0;
  const forbidden = createServer((socket) => socket.destroy()).on('connection', () => {
    visits += 1;
  });

  beforeAll(async () => {
    files = await withFiles({ 'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n` });
    api = await setupApi({ ...open, BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys') });
    forbidden.listen(0, '127.0.0.77');
    await once(forbidden, 'listening');
  });
  afterAll(async () => {
    forbidden.close();
    await api.stop();
    await files.remove();
  });

  const post = async (statusUrl: string): Promise<{ status: number; problem: Problem }> => {
    const response = await api.post('/v1/jobs').send({ statusUrl });
    return { status: response.status, problem: response.body as Problem };
  };

  it('of a hostile URL is refused, in whatever spelling', async () => {
    const { port } = forbidden.address() as AddressInfo;
    const reasons: string[] = [];
    for (const { text, what } of hostileUrls(port)) {
      const { status, problem } = await post(text);
      expect(status, `${what}: ${text}`).toBe(422);
      expect(problem.errors?.map(({ field }) => field)).toContain('/statusUrl');
      reasons.push(problem.reason);
    }

    // The rest is not even well formed.
    expect(reasons.filter((reason) => reason === 'provider-not-allowed').length).toBeGreaterThan(
      200,
    );
    expect(visits).toBe(0);
  });

  it('with a hostile webhook is refused, at first and later', async () => {
    const { port } = forbidden.address() as AddressInfo;
    const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
    const urls = hostileUrls(port).map(({ text }) => text);
    const lines = urls.map((url) =>
      JSON.stringify({ statusUrl: newStatusUrl(), webhook: { url, secret } }),
    );
    const batch = await api
      .post('/v1/jobs/batch')
      .type('application/x-ndjson')
      .send(lines.join('\n'))
      .expect(200);
    const results = batch.text.split('\n').filter(Boolean);
    const problems = results.map((line) => (JSON.parse(line) as { problem: Problem }).problem);

    expect(problems).toHaveLength(urls.length);
    for (const [at, problem] of problems.entries())
      expect(new Set(problem.errors?.map(({ field }) => field)), urls[at]).toEqual(
        new Set(['/webhook/url']),
      );
    expect(
      problems.filter(({ reason }) => reason === 'webhook-not-allowed').length,
    ).toBeGreaterThan(200);

    const id = await api.register();
    for (const url of urls.filter((_url, at) => at % 20 === 0))
      await api.any('patch', `/v1/jobs/${id}`).send({ webhook: { url, secret } }).expect(422);
    expect(visits).toBe(0);
  });

  it('of a hostile webhook endpoint is refused alike', async () => {
    const { port } = forbidden.address() as AddressInfo;
    const absent = '/v1/webhook-endpoints/01890000-0000-7000-8000-000000000000';
    for (const [at, { text: url, what }] of hostileUrls(port).entries()) {
      const { status, body } = await (at % 20 === 0
        ? api.any('patch', absent).send({ url })
        : api.post('/v1/webhook-endpoints').send({ url }));
      expect(status, `${what}: ${url}`).toBe(422);
      expect((body as Problem).errors?.map(({ field }) => field)).toContain('/url');
    }
    expect(visits).toBe(0);
  });

  it('is refused in the same words whatever was wrong with its URL', async () => {
    const answers = await Promise.all(
      [
        'https://169.254.169.254/latest',
        'https://10.0.0.5/',
        'https://intranet/',
        'https://evil.example./',
        'http://evil.example/',
      ].map(post),
    );

    const words = answers.map(({ problem: { instance: _instance, ...said } }) => said);
    expect(new Set(words.map((said) => JSON.stringify(said))).size).toBe(1);
  });

  it('tells us what was wrong, in the log and in a metric', async () => {
    await post('https://169.254.169.253/canary-path?canary=query');

    const text = await api.context.metrics.registry.metrics();
    expect(text).toMatch(/bulkwatch_egress_refusals_total\{reason="link-local"\} [1-9]/);
    const lines = api.log.filter((line) => line.includes('https://169.254.169.253'));
    expect(lines.join()).toContain('link-local');
    expect(api.log.join()).not.toContain('canary');
  });

  it('of a public URL is taken, resolved or not', async () => {
    const statusUrl = 'https://no-such-name.invalid.example/jobs/1';

    expect((await post(statusUrl)).status).toBe(201);
  });
});
