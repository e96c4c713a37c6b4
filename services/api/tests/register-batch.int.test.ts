import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import {
  type BatchResult,
  batchResultSchema,
  type JobList,
  type Problem,
} from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';

const resultsOf = (text: string): BatchResult[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => batchResultSchema.parse(JSON.parse(line)));

/** `201` and `200`, or the reason. */
const whatOf = (result: BatchResult): number | string =>
  'problem' in result ? result.problem.reason : result.status;

const lineOf = (statusUrl: string, members: object = {}): string =>
  JSON.stringify({ statusUrl, ...members });

describe('POST /v1/jobs/batch', () => {
  let api: Api;
  beforeAll(async () => {
    api = await setupApi({
      BULKWATCH_API_BODY_MAX: '2kb',
      BULKWATCH_API_BATCH_MAX: '300kb',
      BULKWATCH_API_BATCH_MAX_LINES: '1000',
    });
  });
  afterAll(() => api.stop());

  const post = (body: string, type = 'application/x-ndjson') =>
    api.post('/v1/jobs/batch').type(type).send(body);

  it('answers one line per line, in their order, each for itself', async () => {
    const known = newStatusUrl();
    await api.register({ statusUrl: known });
    const lines = [
      lineOf(newStatusUrl(), { labels: { n: '1' } }),
      'not json',
      '',
      lineOf(known),
      '   ',
      lineOf(`https://evil.example/?t=${canary}`),
      lineOf(newStatusUrl(), { reference: 'x'.repeat(3000) }),
      lineOf(newStatusUrl(), { color: 'red' }),
      lineOf(newStatusUrl()),
    ];

    const response = await post(lines.join('\r\n')).expect(200);

    expect(response.headers['content-type']).toMatch(/^application\/x-ndjson/);
    expect(resultsOf(response.text).map((result) => [result.line, whatOf(result)])).toEqual([
      [1, 201],
      [2, 'body-not-json'],
      [4, 200],
      [6, 'provider-not-allowed'],
      [7, 'body-too-large'],
      [8, 'validation-failed'],
      [9, 201],
    ]);
  });

  it('keeps the order of many lines and registers them all', async () => {
    const urls = Array.from({ length: 500 }, newStatusUrl);

    const response = await post(`${urls.map((url) => lineOf(url)).join('\n')}\n`).expect(200);

    const results = resultsOf(response.text);
    expect(results.map(({ line }) => line)).toEqual(urls.map((_, index) => index + 1));
    expect(results.map((result) => 'job' in result && result.job.statusUrl)).toEqual(urls);
    expect(results.every(({ status }) => status === 201)).toBe(true);
  });

  it('makes one job of a status URL that comes twice', async () => {
    const line = lineOf(newStatusUrl());

    const results = resultsOf((await post(`${line}\n${line}`).expect(200)).text);

    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([200, 201]));
    expect(new Set(results.map((result) => 'job' in result && result.job.id)).size).toBe(1);
  });

  it('masks status URLs in its results', async () => {
    const { text } = await post(lineOf(`${newStatusUrl()}?sig=${canary}`)).expect(200);

    expect(text).toContain('?…');
  });

  it('stops at the first line beyond the number of lines and says so', async () => {
    const lines = Array.from({ length: 1005 }, () => '{}');

    const results = resultsOf((await post(lines.join('\n')).expect(200)).text);

    expect(results).toHaveLength(1001);
    expect(results.at(-1)).toMatchObject({
      line: 1001,
      status: 413,
      problem: { reason: 'body-too-large', detail: expect.stringContaining('1000 lines') },
    });
  });

  /** A batch whose length is not announced, to be written piece by piece. */
  const stream = (agent = new Agent()) =>
    httpRequest({
      agent,
      port: api.port,
      host: '127.0.0.1',
      path: '/v1/jobs/batch',
      method: 'POST',
      headers: { 'content-type': 'application/jsonl' },
    });
  const textOf = async (response: AsyncIterable<Buffer>): Promise<string> => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  };

  it('stops where the bytes run out, also when they were not announced', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const request = stream(agent);
    const filler = `${' '.repeat(1023)}\n`;
    for (let sent = 0; sent < 400; sent += 1) request.write(filler);
    request.end();
    const [response] = await once(request, 'response');

    expect(
      resultsOf(await textOf(response)).map((result) => [result.line, whatOf(result)]),
    ).toEqual([[301, 'body-too-large']]);
    // The connection is as good as before.
    const next = stream(agent);
    next.end(lineOf(newStatusUrl()));
    const [answer] = await once(next, 'response');
    expect(resultsOf(await textOf(answer))).toMatchObject([{ line: 1, status: 201 }]);
    expect(next.reusedSocket).toBe(true);
    agent.destroy();
  });

  it.each<[why: string, type: string, body: string, status: number, reason: string]>([
    ['a JSON body', 'application/json', '{}', 415, 'content-type-not-supported'],
    ['text', 'text/html', '{}', 415, 'content-type-not-supported'],
    [
      'another charset',
      'application/x-ndjson; charset=utf-16',
      '{}',
      415,
      'content-type-not-supported',
    ],
    [
      'more bytes than the limit',
      'application/x-ndjson',
      ' '.repeat(400_000),
      413,
      'body-too-large',
    ],
  ])('refuses %s', async (_why, type, body, status, reason) => {
    const response = await post(body, type).expect(status);

    expect((response.body as Problem).reason).toBe(reason);
  });

  it('refuses a compressed body', async () => {
    const response = await post('{}').set('Content-Encoding', 'gzip').expect(415);

    expect((response.body as Problem).reason).toBe('content-type-not-supported');
  });

  it('has nothing to say to an empty batch', async () => {
    const response = await post('\n\n').expect(200);

    expect(response.text).toBe('');
  });

  it('answers the first lines while later ones are still to come', async () => {
    const request = stream();
    for (let line = 0; line < 100; line += 1) request.write(`${lineOf(newStatusUrl())}\n`);

    const [response] = await once(request, 'response');
    const [first] = await once(response, 'data');

    expect(resultsOf(String(first).split('\n', 1)[0] ?? '')).toMatchObject([{ line: 1 }]);
    request.end();
    response.resume();
    await once(response, 'end');
  });

  it('keeps what came in before the caller hung up, and nothing breaks', async () => {
    const reference = 'hung-up';
    const request = stream();
    request.on('error', () => undefined);
    request.write(`${lineOf(newStatusUrl(), { labels: { reference } })}\n{"half`);

    await eventually(async () => {
      const { body } = await api.get(`/v1/jobs?label=reference:${reference}`);
      expect((body as JobList).jobs).toHaveLength(1);
    });
    request.destroy();

    await eventually(() => expect(api.log.join('')).toContain('"completed":false'));
    expect(api.log.join('')).not.toContain('"level":"error"');
    await api.get('/v1/jobs').expect(200);
  });

  it('refuses what another origin of the same host would be', async () => {
    const [result] = resultsOf((await post(lineOf(`${provider}:8443/1`)).expect(200)).text);

    expect(result && whatOf(result)).toBe('provider-not-allowed');
  });
});
