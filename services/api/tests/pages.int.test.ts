import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, setupApi } from './harness.js';

let api: Api;
beforeAll(async () => {
  api = await setupApi(authenticating);
});
afterAll(() => api.stop());

const fetchPage = (path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${api.port}${path}`, init);

describe('GET /openapi.json', () => {
  it('is the committed document, for callers without a key', async () => {
    const response = await api.get('/openapi.json').expect(200);

    const committed = new URL('../../../docs/openapi.json', import.meta.url);
    expect(response.body).toEqual(JSON.parse(await readFile(committed, 'utf8')));
  });

  it('takes no other method, and opens nothing beside it', async () => {
    const response = await api.any('post', '/openapi.json').expect(405);
    expect(response.headers['allow']).toBe('GET, HEAD');

    for (const path of [
      '/openapi.json/',
      '/docs/',
      '/docs/package.json',
      '/docs/..%2fpackage.json',
    ])
      await api.get(path).expect(401);
  });
});

describe('GET /asyncapi.json', () => {
  it('tells of the events, to callers without a key', async () => {
    const { body } = await api.get('/asyncapi.json').expect(200);

    expect(body).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Bulkwatch events' } });
    expect(Object.keys((body as { channels: object }).channels)).toContain('houseStream');
  });
});

describe('GET /docs', () => {
  it('names only files that are served here, and each is there', async () => {
    const page = await api.get('/docs').expect(200);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);

    expect(links).toHaveLength(3);
    for (const link of links) {
      expect(link).not.toMatch(/^(\w+:|\/)/);
      const file = await fetchPage(`/${link}`);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toMatch(/^text\/(css|javascript)/);
      expect((await file.text()).length).toBeGreaterThan(20);
    }
    expect(page.text).not.toMatch(/<script>|<style>|style=|on\w+=/);
  });

  it('runs no script and asks no server but this one', async () => {
    const { headers } = await api.get('/docs').expect(200);

    const policy = (headers['content-security-policy'] ?? '').split(';').toSorted();
    expect(policy).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    const script = await (await fetchPage('/docs/start.js')).text();
    expect(script).toContain('validatorUrl: null');
  });

  it('serves the whole of Swagger UI, whatever part is asked for', async () => {
    const path = '/docs/swagger-ui-bundle.js';
    const digest = async (init?: RequestInit) => {
      const bytes = await (await fetchPage(path, init)).arrayBuffer();
      return createHash('sha256').update(Buffer.from(bytes)).digest('hex');
    };

    expect(await digest({ headers: { Range: 'bytes=0-9' } })).toBe(await digest());
  });
});
