import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Problem } from '@bulkwatch/contract';
import { hostileUrls } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi } from './harness.js';

/** The most open that the settings allow: whatever is refused here is refused everywhere. */
const open = { BULKWATCH_DANGEROUSLY_ALLOW_ANY_PUBLIC_ORIGIN: 'true' };

describe('a registration', () => {
  let api: Api;
  let visits = 0;
  const forbidden = createServer((socket) => socket.destroy()).on('connection', () => {
    visits += 1;
  });

  beforeAll(async () => {
    api = await setupApi(open);
    forbidden.listen(0, '127.0.0.77');
    await once(forbidden, 'listening');
  });
  afterAll(async () => {
    forbidden.close();
    await api.stop();
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

  // Issue 6 builds webhooks; then each of these has to be refused for what it is, as above.
  it('with a hostile webhook is refused, since there are no webhooks yet', async () => {
    const { port } = forbidden.address() as AddressInfo;
    for (const { text, what } of hostileUrls(port)) {
      const body = { statusUrl: newStatusUrl(), webhook: { url: text } };
      const response = await api.post('/v1/jobs').send(body);
      expect(response.status, `${what}: ${text}`).toBe(422);
      expect((response.body as Problem).errors?.map(({ field }) => field)).toEqual(['/webhook']);
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
