import type { Job, JobActionsResult, Problem } from '@bulkwatch/contract';
import { StoreUnavailableError } from '@bulkwatch/store';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Api, authenticating, newStatusUrl, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';

let api: Api;
let text: string;
let labels = 0;
beforeAll(async () => {
  api = await setupApi({ ...authenticating, BULKWATCH_API_RATE_LIMIT: '100' });
  text = await api.keyOf('acme', 'jobs:write', 'jobs:read');
});
afterAll(() => api.stop());

const act = (body: object, by = text) => api.as(by, 'post', '/v1/jobs/actions').send(body);

async function done(body: object, by = text): Promise<JobActionsResult> {
  return (await act(body, by).expect(200)).body as JobActionsResult;
}

/** Jobs with a label that no others have, the newest first. */
async function jobsLike(count: number, by = text) {
  labels += 1;
  const study = `study-${labels}`;
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const body = { statusUrl: newStatusUrl(), labels: { study } };
    const response = await api.as(by, 'post', '/v1/jobs').send(body).expect(201);
    ids.unshift((response.body as Job).id);
  }
  return { ids, filter: { labels: { study } } };
}

/** The audit lines of a request. */
const auditOf = ({ headers }: { headers: Record<string, string> }) =>
  eventually(() => {
    const lines = api.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['audit'] && line['requestId'] === headers['x-request-id']);
    expect(lines).not.toEqual([]);
    return lines;
  });

const read = async (id: string): Promise<Job> =>
  (await api.as(text, 'get', `/v1/jobs/${id}`).expect(200)).body as Job;

describe('POST /v1/jobs/actions', () => {
  it('does it with every job that matches, and says what came of each', async () => {
    const { ids, filter } = await jobsLike(3);
    const other = (await jobsLike(1)).ids[0] ?? '';
    await api.as(text, 'post', `/v1/jobs/${ids[1]}/pause`).expect(200);

    const polled = await done({ action: 'poll', filter, force: true });
    expect(polled).toMatchObject({ doneCount: 2, refusedCount: 1, nextCursor: null });
    expect(polled.results.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], 202],
      [ids[1], 409],
      [ids[2], 202],
    ]);
    expect(polled.results[1]).toMatchObject({ problem: { reason: 'job-paused' } });

    await done({ action: 'pause', filter });
    for (const id of ids) expect((await read(id)).health).toBe('paused');
    expect((await read(other)).health).toBe('ok');
    await done({ action: 'resume', filter: { ...filter, health: 'paused' } });
    for (const id of ids) expect((await read(id)).health).toBe('ok');
  });

  it('passes settled jobs over, unless they are asked for', async () => {
    const { filter } = await jobsLike(2);
    expect((await done({ action: 'cancel', filter })).doneCount).toBe(2);
    expect((await done({ action: 'pause', filter })).results).toEqual([]);
    const named = await done({ action: 'pause', filter: { ...filter, state: 'cancelled' } });
    expect(named).toMatchObject({ doneCount: 0, refusedCount: 2 });
    expect((await done({ action: 'republish', filter })).doneCount).toBe(2);
  });

  it('goes on page by page', async () => {
    const { ids, filter } = await jobsLike(3);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: JobActionsResult = await done({
        action: 'cancel',
        filter,
        limit: 2,
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...page.results.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('counts each job as a request, and ends where the quota does', async () => {
    const busy = await api.keyOf('acme', 'jobs:write');
    const { ids, filter } = await jobsLike(8);
    let left = Number.POSITIVE_INFINITY;
    while (left > 3) {
      const { ratelimit = '' } = (await act({}, busy)).headers;
      left = Number(/r=(\d+)/.exec(ratelimit)?.[1]);
    }
    const page = await done({ action: 'pause', filter }, busy);
    expect(page.results.map(({ id }) => id)).toEqual(ids.slice(0, page.results.length));
    expect(page.results.length).toBeGreaterThan(0);
    expect(page.results.length).toBeLessThan(8);
    expect(page.nextCursor).toBe(page.results.at(-1)?.id);
    expect(page.retryAfterSeconds).toBeGreaterThan(0);

    const rest = await done({ action: 'pause', filter, cursor: page.nextCursor });
    expect(rest.results.map(({ id }) => id)).toEqual(ids.slice(page.results.length));
  });

  it('loses no result where the quota cannot be asked in the midst of a page', async () => {
    const { ids, filter } = await jobsLike(3);
    const { store } = api.context;
    const take = store.takeRequest;
    const takeRequest = vi.spyOn(store, 'takeRequest');
    // One for the request itself, one for its second job.
    takeRequest.mockImplementationOnce(take).mockImplementationOnce(take);
    takeRequest.mockRejectedValueOnce(new StoreUnavailableError());
    const response = await act({ action: 'pause', filter }).expect(200);
    takeRequest.mockRestore();

    const page = response.body as JobActionsResult;
    expect(page.results.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], 200],
      [ids[1], 200],
    ]);
    expect(page).toMatchObject({ nextCursor: ids[1], retryAfterSeconds: 1 });
    expect(await auditOf(response)).toMatchObject([{ targetCount: 2, leftOutCount: 1 }]);
  });

  it('is for the jobs of the tenant', async () => {
    const { filter } = await jobsLike(1);
    const other = await api.keyOf('globex', 'jobs:write');
    expect((await done({ action: 'pause', filter }, other)).results).toEqual([]);
    const reader = await api.keyOf('acme', 'jobs:read');
    await act({ action: 'pause', filter }, reader).expect(403);
  });

  it('leaves one audit line that names the filter and the jobs', async () => {
    const { ids, filter } = await jobsLike(2);
    const response = await act({ action: 'poll', filter, force: true }).expect(200);
    const targets = { targets: ids, targetCount: 2, leftOutCount: 0 };
    expect(await auditOf(response)).toMatchObject([
      { action: 'poll', force: true, filter, ...targets, tenant: 'acme' },
    ]);
  });

  it('writes no URL into the audit log', async () => {
    const filter = { provider: `${newStatusUrl()}?sig=${canary}` };
    const response = await act({ action: 'poll', filter }).expect(200);
    expect(await auditOf(response)).toMatchObject([{ filter: { provider: '…' } }]);
    expect(api.log.join('\n')).not.toContain(canary);
  });

  it.each([
    [{ action: 'pause' }, '/filter'],
    [{ action: 'pause', filter: {} }, '/filter'],
    [{ action: 'cancel', filter: { labels: {} } }, '/filter'],
    [{ action: 'pause', filter: { state: 'paused' } }, '/filter/state'],
    [{ action: 'poke', filter: { health: 'ok' } }, '/action'],
    [{ action: 'pause', filter: { health: 'ok' }, force: true }, '/force'],
    [{ action: 'pause', filter: { health: 'ok' }, cursor: 'x' }, '/cursor'],
    [{ action: 'pause', filter: { health: 'ok' }, limit: 501 }, '/limit'],
    ['{"action":"pause","filter":{"labels":{"__proto__":"x"}}}', '/filter/labels/__proto__'],
  ])('refuses %j', async (body, field) => {
    const other = await api.keyOf('acme', 'jobs:write');
    const sent = api.as(other, 'post', '/v1/jobs/actions').type('json').send(body);
    const { reason, errors } = (await sent.expect(422)).body as Problem;
    expect([reason, errors?.[0]?.field]).toEqual(['validation-failed', field]);
  });
});
