import { type BatchResult, batchResultSchema, type Job, type Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi } from './harness.js';

let api: Api;
beforeAll(async () => {
  api = await setupApi({ BULKWATCH_API_BATCH_MAX_LINES: '20' });
});
afterAll(() => api.stop());

const post = (body: string, query = '') =>
  api.post(`/v1/jobs/batch${query}`).type('text/plain').send(body);

const resultsOf = (text: string): BatchResult[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => batchResultSchema.parse(JSON.parse(line)));

const jobOf = (result: BatchResult | undefined): Job => {
  if (!result || 'problem' in result) throw new Error(JSON.stringify(result));
  return result.job;
};

describe('POST /v1/jobs/batch with a list of status URLs', () => {
  it('registers each line, but for blank ones and comments', async () => {
    const known = newStatusUrl();
    await api.register({ statusUrl: known });
    const lines = [
      `\uFEFF${newStatusUrl()}`,
      '# what is left of last night',
      '',
      `  ${newStatusUrl()}\t`,
      known,
      'not a url',
      '\u00fc',
      newStatusUrl(),
    ];
    const response = await post(lines.join('\r\n')).expect(200);
    const seen = resultsOf(response.text).map((result) => [
      result.line,
      'problem' in result ? result.problem.reason : result.status,
    ]);
    expect(seen).toEqual([
      [1, 201],
      [4, 201],
      [5, 200],
      [6, 'validation-failed'],
      [7, 'validation-failed'],
      [8, 201],
    ]);
  });

  it('gives all of them what the query says', async () => {
    const query = new URLSearchParams([
      ['preset', 'hapi'],
      ['retryAfter', '600'],
      ['reference', 'order 7'],
      ['deadlineAt', '2031-01-01T00:00:00.000Z'],
      ['label', 'study:a:b'],
      ['label', 'arm:c'],
    ]);
    const body = `${newStatusUrl()}\n${newStatusUrl()}\n`;
    const results = resultsOf((await post(body, `?${query}`).expect(200)).text);
    expect(results).toHaveLength(2);
    for (const result of results)
      expect(jobOf(result)).toMatchObject({
        preset: 'hapi',
        reference: 'order 7',
        deadlineAt: '2031-01-01T00:00:00.000Z',
        labels: { study: 'a:b', arm: 'c' },
      });
  });

  it.each([
    ['bearerToken=x', 'bearerToken'],
    ['color=red', 'color'],
    ['credential=a&credential=b', 'credential'],
    ['label=x', 'label'],
    ['label=__proto__:x', 'label'],
    ['label=study:a&label=study:b', 'label'],
    ['preset=of-nobody', 'preset'],
    ['protocol=of-nobody', 'protocol'],
    ['credential=of-nobody', 'credential'],
    ['deadlineAt=soon', 'deadlineAt'],
    ['deadlineAt=2020-01-01T00:00:00Z', 'deadlineAt'],
    ['retryAfter=soon', 'retryAfter'],
  ])('refuses ?%s once, whatever the lines are', async (query, field) => {
    const refused = await post(`${newStatusUrl()}\nnot a url`, `?${query}`).expect(400);
    const { reason, errors } = refused.body as Problem;
    expect([reason, errors?.map((error) => error.field)]).toEqual(['query-invalid', [field]]);
  });

  it('judges with each line what depends on its provider', async () => {
    const [result] = resultsOf((await post('https://elsewhere.example/1', '?preset=hapi')).text);
    expect(result).toMatchObject({ problem: { reason: 'provider-not-allowed' } });
  });

  it('refuses a query where lines are JSON', async () => {
    const refused = await api
      .post('/v1/jobs/batch?preset=hapi')
      .type('application/x-ndjson')
      .send('{}')
      .expect(400);
    expect((refused.body as Problem).errors).toEqual([
      { field: 'preset', message: 'is for text/plain' },
    ]);
  });

  it('has the limits of a batch', async () => {
    const body = Array.from({ length: 22 }, newStatusUrl).join('\n');
    const results = resultsOf((await post(body).expect(200)).text);
    expect(results).toHaveLength(21);
    expect(results.at(-1)).toMatchObject({ line: 21, problem: { reason: 'body-too-large' } });
  });
});

describe('without authentication', () => {
  it('takes nothing from a page of another origin', async () => {
    const from = (origin: string) => post(newStatusUrl()).set('Origin', origin);
    for (const origin of ['https://evil.example', 'null', `http://localhost:${api.port}`])
      expect(((await from(origin).expect(401)).body as Problem).reason).toBe(
        'authentication-missing',
      );
    await from(`http://127.0.0.1:${api.port}`).expect(200);
  });
});
