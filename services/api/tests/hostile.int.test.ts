import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Problem, problemSchema } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';

let api: Api;
beforeAll(async () => {
  api = await setupApi();
});
afterAll(() => api.stop());

const nobody = '01890000-0000-7000-8000-000000000000';
const problemOf = (response: { body: unknown }): Problem => response.body as Problem;

describe('bodies', () => {
  const json = Buffer.from(JSON.stringify({ statusUrl: `${provider}/1` }));
  const cases: [
    why: string,
    headers: Record<string, string>,
    body: Buffer,
    status: number,
    reason: string,
  ][] = [
    ['no body', {}, Buffer.alloc(0), 400, 'body-not-json'],
    ['blanks', {}, Buffer.from(' \n'), 400, 'body-not-json'],
    ['half an object', {}, json.subarray(0, -1), 400, 'body-not-json'],
    ['a secret that is not JSON', {}, Buffer.from(`token=${canary}`), 400, 'body-not-json'],
    [
      'bytes that are not UTF-8',
      {},
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      400,
      'body-not-json',
    ],
    ['UTF-16', {}, Buffer.from(json.toString(), 'utf16le'), 400, 'body-not-json'],
    [
      '5,000 deep nesting',
      {},
      Buffer.from('['.repeat(5_000) + ']'.repeat(5_000)),
      422,
      'validation-failed',
    ],
    [
      '5,000 deep nesting in a field',
      {},
      Buffer.from(`{"labels":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`),
      422,
      'validation-failed',
    ],
    [
      'a prototype',
      {},
      Buffer.from('{"__proto__":{"statusUrl":"https://ehr.example.org/1"}}'),
      422,
      'validation-failed',
    ],
    ['1 MB', {}, Buffer.alloc(1_000_000, ' '), 413, 'body-too-large'],
    ['no content type', { 'content-type': '' }, json, 415, 'content-type-not-supported'],
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      json,
      415,
      'content-type-not-supported',
    ],
    [
      'text that looks like JSON',
      { 'content-type': 'text/json' },
      json,
      415,
      'content-type-not-supported',
    ],
    [
      'a list of content types',
      { 'content-type': 'application/json, text/plain' },
      json,
      415,
      'content-type-not-supported',
    ],
    [
      'utf-7',
      { 'content-type': 'application/json; charset=utf-7' },
      json,
      415,
      'content-type-not-supported',
    ],
    [
      'latin-1',
      { 'content-type': 'application/json; charset="iso-8859-1"' },
      json,
      415,
      'content-type-not-supported',
    ],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(json), 415, 'content-type-not-supported'],
    ['gzip in name only', { 'content-encoding': 'gzip' }, json, 415, 'content-type-not-supported'],
    [
      'two encodings',
      { 'content-encoding': 'identity, br' },
      json,
      415,
      'content-type-not-supported',
    ],
  ];
  it('refuses one that announces a gigabyte at once, and does not wait for it', async () => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write(
      'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(`${answer}`).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(cases)('refuses %s', async (_why, headers, body, status, reason) => {
    const response = await api
      .post('/v1/jobs')
      .set({ 'content-type': 'application/json', ...headers })
      .serialize((value) => value as unknown as string)
      .send(body)
      .expect(status);

    expect(problemOf(response).reason).toBe(reason);
  });

  it.each(['application/json; charset=UTF-8', 'application/vnd.acme+json', 'Application/JSON'])(
    'takes %s',
    async (type) => {
      await api
        .post('/v1/jobs')
        .set('Content-Type', type)
        .send(JSON.stringify({ statusUrl: newStatusUrl() }))
        .expect(201);
    },
  );

  it('passes no odd member on to what is stored', async () => {
    const body = `{"statusUrl":"${newStatusUrl()}","labels":{"constructor":"c","toString":"t"}}`;

    const response = await api.post('/v1/jobs').type('json').send(body).expect(201);

    expect(response.text).toContain('"labels":{"constructor":"c","toString":"t"}');
  });

  it('keeps line breaks and control characters out of the log', async () => {
    const reference = 'a\nb\u001b[31m\u202e';

    const response = await api.post('/v1/jobs').send({ statusUrl: newStatusUrl(), reference });

    expect(response.body).toMatchObject({ reference });
    for (const line of api.log) expect(line.indexOf('\n')).toBe(line.length - 1);
  });
});

describe('paths and methods', () => {
  it.each([
    '/',
    '/v1',
    '/v2/jobs',
    '/V1/jobs',
    '/v1/jobs/',
    '//v1/jobs',
    '/v1/jobs/a/b/c',
    `/v1/jobs/${nobody}/files`,
    '/metrics',
  ])('knows no route %s', async (path) => {
    expect(problemOf(await api.get(path).expect(404)).reason).toBe('route-not-found');
  });

  it.each(['/%', '/v1/jobs/%E0%A4%A', '/v1/jobs/%ff/polls'])(
    'refuses broken escapes: %s',
    async (path) => {
      const response = await api.get(path);

      expect([400, 404]).toContain(response.status);
      expect(['request-malformed', 'route-not-found']).toContain(problemOf(response).reason);
    },
  );

  it.each([
    ['put', '/v1/jobs', 'GET, HEAD, POST'],
    ['delete', '/v1/jobs', 'GET, HEAD, POST'],
    ['patch', '/v1/jobs/batch', 'POST'],
    ['post', `/v1/jobs/${nobody}`, 'DELETE, GET, HEAD, PATCH'],
    ['options', `/v1/jobs/${nobody}`, 'DELETE, GET, HEAD, PATCH'],
    ['delete', `/v1/jobs/${nobody}/manifest`, 'GET, HEAD'],
    ['post', `/v1/jobs/${nobody}/polls`, 'GET, HEAD'],
  ] as const)('does not take %s of %s and says what it takes', async (method, path, allowed) => {
    const response = await api.any(method, path).expect(405);

    expect(problemOf(response).reason).toBe('method-not-allowed');
    expect(response.headers['allow']).toBe(allowed);
  });

  it('does not let a header change the method', async () => {
    const response = await api
      .post(`/v1/jobs/${nobody}`)
      .set('X-HTTP-Method-Override', 'DELETE')
      .expect(405);

    expect(problemOf(response).reason).toBe('method-not-allowed');
  });
});

describe('request ids', () => {
  it("passes the caller's id on, to the answer and to the log", async () => {
    const response = await api.get('/v1/jobs').set('X-Request-Id', 'trace/7').expect(200);

    expect(response.headers['x-request-id']).toBe('trace/7');
    expect(api.log.some((line) => line.includes('"requestId":"trace/7"'))).toBe(true);
  });

  it('makes one in place of an id that is not safe', async () => {
    const response = await api.get('/v1/jobs').set('X-Request-Id', 'a "b" {c}').expect(200);

    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('security headers', () => {
  it('are on every answer', async () => {
    for (const path of ['/v1/jobs', '/nowhere']) {
      const { headers } = await api.get(path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'self'");
    }
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP', `hello ${canary}\r\n\r\n`, 400],
    ['a tunnel', 'CONNECT inside:443 HTTP/1.1\r\nHost: inside:443\r\n\r\n', 400],
    ['no host', 'GET /v1/jobs HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'two hosts',
      'GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nHost: inside\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['binary', '\x16\x03\x01\x02\x00\x01\x00', 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n', 400],
    [
      'two lengths',
      'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    [
      'a length and chunks',
      'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s with a problem and hangs up', async (_why, bytes, status) => {
    const answer = await exchange(bytes);

    const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(problemSchema.parse(JSON.parse(body))).toMatchObject({
      status,
      reason: 'request-malformed',
    });
    expect(answer).not.toContain(canary);
  });

  it.each([
    ['*', 404],
    ['x://y', 404],
    ['http://[::1', 404],
    ['http://?x', 404],
    ['http://localhost/v1/jobs', 200],
  ])('answers the target %s like any other', async (target, status) => {
    const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

    const answer = await exchange(head);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^Content-Type: application\/(problem\+)?json/m);
    expect(answer).toMatch(/^X-Request-Id: /m);
  });

  it('passes an expectation over that it does not know', async () => {
    const answer = await exchange(
      'GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n',
    );

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('says nothing more after garbage that follows a good request', async () => {
    const answer = await exchange(
      'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '\0\0\0\r\n\r\n',
    );

    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  /** Sends texts, each once something came back for the one before, and returns all that came until the end. */
  async function exchange(...texts: string[]): Promise<string> {
    const socket = connect(api.port, '127.0.0.1');
    socket.on('error', () => undefined);
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    for (const text of texts) {
      if (text !== texts[0]) await once(socket, 'data');
      socket.write(text, 'latin1');
    }
    await once(socket, 'close');
    return received;
  }
});
