import { batchResultSchema, type Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, newStatusUrl, setupApi } from './harness.js';

const limit = 6;
let api: Api;
beforeAll(async () => {
  api = await setupApi({ ...authenticating, BULKWATCH_API_RATE_LIMIT: String(limit) });
});
afterAll(() => api.stop());

describe('the rate limit', () => {
  it('tells what is left, then refuses, and counts each key alone', async () => {
    const [one, other] = [await api.keyOf('acme', 'admin'), await api.keyOf('acme', 'admin')];
    for (let left = limit - 1; left >= 0; left -= 1) {
      const { headers } = await api.as(one, 'get', '/v1/jobs').expect(200);
      expect(headers['ratelimit-policy']).toBe(`"requests";q=${limit};w=60`);
      expect(headers['ratelimit']).toMatch(new RegExp(`^"requests";r=${left};t=\\d+$`));
    }

    const refused = await api.as(one, 'get', '/v1/jobs').expect(429);
    expect((refused.body as Problem).reason).toBe('too-many-requests');
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60 / limit);
    expect(refused.headers['ratelimit']).toMatch(/^"requests";r=0;t=/);
    await api.as(one, 'post', '/v1/jobs').send({ statusUrl: newStatusUrl() }).expect(429);

    await api.as(other, 'get', '/v1/jobs').expect(200);
  });

  it('counts what is refused for its scope, but no keys that are not valid', async () => {
    const text = await api.keyOf('acme', 'events:read');
    const refused = await api.as(text, 'get', '/v1/jobs').expect(403);
    expect(refused.headers['ratelimit']).toContain(`r=${limit - 1}`);
    const unknown = await api.as(`${text.slice(0, -2)}AA`, 'get', '/v1/jobs').expect(401);
    expect(unknown.headers).not.toHaveProperty('ratelimit');
  });
});

describe('a batch', () => {
  const post = (text: string, lines: number) =>
    api
      .as(text, 'post', '/v1/jobs/batch')
      .type('application/x-ndjson')
      .send(
        Array.from({ length: lines }, () => JSON.stringify({ statusUrl: newStatusUrl() })).join(
          '\n\n',
        ),
      )
      .expect(200);
  const resultsOf = (body: string) =>
    body
      .trim()
      .split('\n')
      .map((line) => batchResultSchema.parse(JSON.parse(line)));

  it('counts as many requests as it has lines, and the rest is refused line by line', async () => {
    const text = await api.keyOf('acme', 'admin');
    const { headers } = await post(text, 4);
    expect(headers['ratelimit-policy']).toBe(`"requests";q=${limit};w=60`);
    await api.as(text, 'get', '/v1/jobs').expect(200);

    const results = resultsOf((await post(text, 3)).text);
    expect(results.map(({ status }) => status)).toEqual([201, 429, 429]);
    for (const result of results.slice(1)) {
      expect(result).toMatchObject({ problem: { reason: 'too-many-requests', status: 429 } });
      const { retryAfterSeconds = 0 } = result as { retryAfterSeconds?: number };
      expect(retryAfterSeconds).toBeGreaterThan(0);
      expect(retryAfterSeconds).toBeLessThanOrEqual(60 / limit);
    }
    await api.as(text, 'get', '/v1/jobs').expect(429);
  });

  it('is one request where it has one line, or none', async () => {
    const text = await api.keyOf('acme', 'admin');
    await post(text, 1);
    await post(text, 0);
    const { headers } = await api.as(text, 'get', '/v1/jobs').expect(200);
    expect(headers['ratelimit']).toContain(`r=${limit - 3}`);
  });
});

/** The promise is a second; the rest is for a machine that is busy with other tests. */
const aSecondMs = 1_500;

describe('while Redis is away', () => {
  it.each(['hangs', 'was killed'])(
    'callers with keys have their 503 in a second when it %s',
    async (how) => {
      const known = await api.keyOf('acme', 'admin');
      const fresh = await api.keyOf('acme', 'admin');
      await api.as(known, 'get', '/v1/jobs').expect(200);
      if (how === 'hangs') api.redis.pause();
      else await api.redis.kill();
      try {
        for (const text of [known, fresh]) {
          const startedAtMs = performance.now();
          const response = await api.as(text, 'get', '/v1/jobs').expect(503);
          expect((response.body as Problem).reason).toBe('store-unavailable');
          expect(performance.now() - startedAtMs).toBeLessThan(aSecondMs);
        }
      } finally {
        if (how === 'hangs') api.redis.resume();
      }
    },
  );
});
