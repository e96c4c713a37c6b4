import type { Job, JobList, Problem } from '@bulkwatch/contract';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi, setupWorker } from './harness.js';
import { canary } from './keeps-contract.js';

const other = 'https://other.example';

describe('GET /v1/jobs', () => {
  let api: Api;
  let worker: Awaited<ReturnType<typeof setupWorker>>;
  /** In the order of their registration. */
  const ids: string[] = [];
  beforeAll(async () => {
    api = await setupApi({ BULKWATCH_PROVIDER_ORIGINS: `${provider},${other}` });
    worker = await setupWorker(api.redis);
    for (let n = 0; n < 25; n += 1) {
      const body = {
        statusUrl: n === 7 ? `${other}/jobs/7?sig=${canary}` : newStatusUrl(),
        labels: { parity: n % 2 === 0 ? 'even' : 'odd', n: String(n), 'time/of': 'a:b' },
      };
      const { body: job } = await (n === 7
        ? api.post('/v1/jobs/batch').type('application/x-ndjson').send(JSON.stringify(body))
        : api.post('/v1/jobs').send(body));
      ids.push((job as Job).id);
    }
    ids[7] = (await list('provider=https://other.example')).jobs[0]?.id ?? '';
    await worker.reportProgress(ids[3] ?? '', 'on its way');
    await worker.fail(ids[4] ?? '');
    await api.delete(`/v1/jobs/${ids[5]}`).expect(200);
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });

  const list = async (query = ''): Promise<JobList> =>
    (await api.get(`/v1/jobs?${query}`).expect(200)).body as JobList;
  const numbersOf = ({ jobs }: JobList): number[] => jobs.map(({ id }) => ids.indexOf(id));

  it('lists the newest first', async () => {
    const page = await list();

    expect(numbersOf(page)).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index));
    expect(page.nextCursor).toBeNull();
  });

  it('hides the query of status URLs', async () => {
    const { jobs } = await list(`provider=${other}`);

    expect(jobs.map(({ statusUrl }) => statusUrl)).toEqual([`${other}/jobs/7?…`]);
  });

  it('leads from page to page by the body and by the Link header alike', async () => {
    const seen: number[] = [];
    let path: string | undefined = '/v1/jobs?limit=10&label=time/of:a:b';
    let pages = 0;
    while (path !== undefined) {
      const response: Response = await api.get(path).expect(200);
      const page = response.body as JobList;
      seen.push(...numbersOf(page));
      pages += 1;
      path = /^<([^>]+)>; rel="next"$/.exec(response.headers['link'] ?? '')?.[1];
      expect(path === undefined).toBe(page.nextCursor === null);
      if (path) expect(path).toContain(`cursor=${page.nextCursor}`);
    }

    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index));
    expect(pages).toBe(3);
  });

  it.each([
    ['state=in-progress', [3]],
    ['state=failed', [4]],
    ['state=cancelled', [5]],
    ['state=completed', []],
    ['health=ok&label=n:6', [6]],
    ['health=stalled', []],
    [`provider=${encodeURIComponent(other)}`, [7]],
    ['provider=https://nobody.example', []],
    ['label=n:6&label=parity:even', [6]],
    ['label=n:6&label=parity:odd', []],
    ['label=toString:x', []],
  ])('filters by %s', async (query, numbers) => {
    expect(numbersOf(await list(query))).toEqual(numbers);
  });

  it.each([
    ['state=done', ['state']],
    ['health=fine', ['health']],
    ['label=nocolon', ['label']],
    ['limit=0', ['limit']],
    ['limit=501', ['limit']],
    ['limit=ten', ['limit']],
    ['limit=1&limit=2', ['limit']],
    ['cursor=', ['cursor']],
    ['cursor=!!', ['cursor']],
    ['cursor=%5B%28%7Bbulkwatch%7D', ['cursor']],
    [`cursor=${'9'.repeat(300)}`, ['cursor']],
    ['state=failed&color=red&shape=round', ['color', 'shape']],
    ['state=done&limit=-1&color=red', ['color', 'limit', 'state']],
    [Array.from({ length: 33 }, (_, n) => `label=n:${n}`).join('&'), ['label']],
  ])('refuses %s and names the parameters', async (query, fields) => {
    const response = await api.get(`/v1/jobs?${query}`).expect(400);

    const problem = response.body as Problem;
    expect(problem.reason).toBe('query-invalid');
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual(fields);
  });

  it('shows a cursor far in the past an empty page', async () => {
    expect(await list('cursor=00000000-0000-0000-0000-000000000000')).toEqual({
      jobs: [],
      nextCursor: null,
    });
  });
});
