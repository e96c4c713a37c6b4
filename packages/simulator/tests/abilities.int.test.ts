import { type ExportScript, type Simulator, startSimulator } from '@bulkwatch/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ requireToken: false });
});
afterEach(() => simulator.stop());

interface Manifest {
  readonly output: readonly { readonly url: string; readonly type: string }[];
  readonly error?: readonly unknown[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}
const manifestAt = async (url: string) => (await (await fetch(url)).json()) as Manifest;
const types = ({ output }: Manifest) => output.map(({ type }) => type).join();
const statusOf = async (url: string, init?: RequestInit) =>
  (await fetch(url, { redirect: 'manual', ...init })).status;
const threeFiles = [{ type: 'Patient' }, { type: 'Condition' }, { type: 'Procedure' }];
const running = { answer: 'in-progress' } as const;

describe('pages', () => {
  it('split the manifest, each with answers and a count of its own', async () => {
    const { id, statusUrl } = simulator.createExport({
      output: threeFiles,
      error: [{ type: 'OperationOutcome' }],
      steps: [
        { answer: 'partial', files: 1 },
        { answer: 'complete', files: 1, next: '2' },
      ],
      pages: { 2: [running, { answer: 'complete', files: [1, 3] }] },
    });
    const partial = await fetch(statusUrl);
    expect([partial.status, types((await partial.json()) as Manifest)]).toEqual([202, 'Patient']);
    const first = await manifestAt(statusUrl);
    expect([types(first), first.error]).toEqual(['Patient', []]);
    expect(first.link).toEqual([{ relation: 'next', url: `${statusUrl}/pages/2` }]);
    const pageUrl = first.link?.[0]?.url ?? '';
    expect(await statusOf(pageUrl)).toBe(202);
    const last = await manifestAt(pageUrl);
    expect([types(last), last.error?.length, last.link]).toEqual([
      'Condition,Procedure',
      1,
      undefined,
    ]);
    expect(await statusOf(`${statusUrl}/pages/3`)).toBe(404);
    expect(simulator.record.requestsOf(id).map(({ page }) => page)).toEqual([
      null,
      null,
      '2',
      '2',
      '3',
    ]);
    await fetch(statusUrl, { method: 'DELETE' });
    expect(await statusOf(pageUrl)).toBe(404);
  });

  it('are bound by what the export asked for last, wherever it did', async () => {
    const { id, statusUrl } = simulator.createExport({
      steps: [{ answer: 'complete', next: 'a' }],
      pages: { a: [{ ...running, retryAfterSeconds: 60 }] },
    });
    await fetch(statusUrl);
    await fetch(`${statusUrl}/pages/a`);
    expect(simulator.record.earlyPolls()).toEqual([]);
    await fetch(statusUrl);
    expect(simulator.record.earlyPolls()).toMatchObject([{ exportId: id, page: null }]);
  });
});

describe('redirects', () => {
  it('lead to pages by URL, by path and under another origin, which asks for no token', async () => {
    const secured = await startSimulator();
    const { id, statusUrl } = secured.createExport({
      steps: [{ answer: 'redirect', status: 307, to: '{{page:there:other}}' }],
      pages: { there: [{ answer: 'complete' }] },
    });
    expect(await statusOf(statusUrl)).toBe(401);
    const page = `${secured.otherOrigin}${new URL(statusUrl).pathname}/pages/there`;
    expect(await statusOf(page, { headers: { authorization: 'Bearer leaked' } })).toBe(200);
    expect(await statusOf(page)).toBe(200);
    expect(secured.record.requestsOf(id)).toMatchObject([
      { isOtherOrigin: false, hasAuthorization: false, authorized: false },
      { isOtherOrigin: true, hasAuthorization: true, path: new URL(page).pathname },
      { isOtherOrigin: true, hasAuthorization: false },
    ]);
    await secured.stop();

    const { statusUrl: moved } = simulator.createExport({
      steps: [
        { answer: 'redirect', status: 303, to: '{{page:a:relative}}', retryAfterSeconds: 2 },
        { answer: 'redirect', status: 308, to: '{{page:a}}' },
      ],
      pages: { a: [{ answer: 'complete' }] },
    });
    const relative = await fetch(moved, { redirect: 'manual' });
    expect([relative.status, relative.headers.get('location')]).toEqual([
      303,
      `${new URL(moved).pathname}/pages/a`,
    ]);
    expect(relative.headers.get('retry-after')).toBe('2');
    expect((await fetch(moved)).url).toBe(`${moved}/pages/a`);
  });
});

describe('manifests', () => {
  const keysOf = async (script: Partial<ExportScript>) => {
    const { statusUrl } = simulator.createExport({ steps: [{ answer: 'complete' }], ...script });
    return Object.keys(await manifestAt(statusUrl)).toSorted();
  };

  it('come in the shape of each generation', async () => {
    const deleted = [{ type: 'Bundle' }];
    const first = ['error', 'output', 'request', 'requiresAccessToken', 'transactionTime'];
    expect(await keysOf({ manifest: 1, deleted })).toEqual(first);
    expect(await keysOf({ manifest: 2, deleted })).toEqual(['deleted', ...first]);
    const third = ['deleted', 'error', 'output', 'outputOrganizedBy'];
    expect(await keysOf({ manifest: 3 })).toEqual([...third, ...first.slice(2)]);
    expect(await keysOf({ manifest: 4 })).toEqual([
      'deleted',
      'extension',
      'manifestType',
      'outcome',
      'output',
      'outputFormat',
      'requiresAccessToken',
      'transactionTime',
    ]);
  });

  it('take members in and out, and URLs from elsewhere', async () => {
    const { statusUrl } = simulator.createExport({
      steps: [{ answer: 'complete' }],
      manifest: 4,
      fileUrl: 's3://bucket/{{type}}/{{number}}',
      manifestExtra: { extension: null, requiresAccessToken: 'true', at: '{{origin}}' },
    });
    const manifest = await manifestAt(statusUrl);
    expect(manifest).toMatchObject({ requiresAccessToken: 'true', at: simulator.origin });
    expect(manifest).not.toHaveProperty('extension');
    expect(manifest.output[1]).toEqual({
      type: 'Observation',
      url: 's3://bucket/Observation/1',
      count: 3,
      fileSize: 3 * '{"resourceType":"Observation","id":"observation-1"}\n'.length,
    });
  });

  it('list errors and deletions as files that can be fetched', async () => {
    const { statusUrl } = simulator.createExport({
      steps: [{ answer: 'complete' }],
      error: [{ type: 'OperationOutcome', count: 1 }],
      deleted: [{ type: 'Bundle', count: 2 }],
    });
    const { error, deleted } = (await (await fetch(statusUrl)).json()) as Record<
      'error' | 'deleted',
      { url: string }[]
    >;
    const fetched = await Promise.all(
      [error[0], deleted[0]].map(async (file) => (await fetch(file?.url ?? '')).text()),
    );
    expect(fetched.map((text) => text.trimEnd().split('\n').length)).toEqual([1, 2]);
    expect(fetched[1]).toContain('"resourceType":"Bundle"');
  });
});

describe('manners', () => {
  const poll = (statusUrl: string, headers: Record<string, string> = {}) =>
    fetch(statusUrl, { headers });

  it('a poll that comes too soon is refused, and takes no step', async () => {
    let now = 1_000_000;
    const clocked = await startSimulator({ requireToken: false, now: () => now });
    const { statusUrl } = clocked.createExport({
      minIntervalSeconds: 5,
      steps: [running, { answer: 'complete' }],
    });
    expect((await poll(statusUrl)).status).toBe(202);
    now += 4_999;
    const early = await poll(statusUrl);
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '5']);
    now += 1;
    expect((await poll(statusUrl)).status).toBe(200);
    await clocked.stop();
  });

  it('more polls than the limit are refused until an instant in epoch seconds', async () => {
    let now = 1_000_000;
    const clocked = await startSimulator({ requireToken: false, now: () => now });
    const { statusUrl } = clocked.createExport({
      rateLimit: { polls: 2, seconds: 60 },
      steps: [running],
    });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await poll(statusUrl)).status);
    expect(statuses).toEqual([202, 202, 429]);
    expect((await poll(statusUrl)).headers.get('retry-after')).toBe('1060');
    now = 1_060_000;
    expect((await poll(statusUrl)).status).toBe(202);
    await clocked.stop();
  });

  it('the right headers are asked for', async () => {
    const { statusUrl } = simulator.createExport({
      requireHeaders: { Prefer: 'respond-async' },
      accept: ['application/json'],
      steps: [{ answer: 'complete' }],
    });
    const prefer = 'Respond-Async, wait=1';
    const accept = 'application/json';
    expect((await poll(statusUrl, { accept })).status).toBe(400);
    expect((await poll(statusUrl, { prefer })).status).toBe(406);
    const both = { prefer, accept: `application/fhir+json, ${accept};q=0.9` };
    expect((await poll(statusUrl, both)).status).toBe(406);
    expect((await poll(statusUrl, { prefer, accept })).status).toBe(200);
    expect(simulator.record.requests.map((request) => request.accept)).toContain(both.accept);
  });

  it.each([
    [{ status: 403, body: '' }, 403, '', null],
    [{ body: 'No.' }, 401, 'No.', 'Bearer'],
  ])('a request without a token gets %j', async (unauthorized, status, text, challenge) => {
    const secured = await startSimulator();
    const { statusUrl } = secured.createExport({ unauthorized, steps: [running] });
    const refused = await fetch(statusUrl);
    expect([refused.status, await refused.text()]).toEqual([status, text]);
    expect(refused.headers.get('www-authenticate')).toBe(challenge);
    await secured.stop();
  });
});

describe('cancelling', () => {
  const remove = { method: 'DELETE' };

  it('delete requests get their own answers, and polls others once one was accepted', async () => {
    const { statusUrl } = simulator.createExport({
      steps: [running],
      deleteSteps: [
        { answer: 'status', status: 503 },
        { answer: 'status', status: 202 },
        { answer: 'status', status: 410 },
      ],
      afterDeleteSteps: [{ answer: 'status', status: 410 }],
    });
    expect(await statusOf(statusUrl, remove)).toBe(503);
    expect(await statusOf(statusUrl)).toBe(202);
    expect(await statusOf(statusUrl, remove)).toBe(202);
    expect(await statusOf(statusUrl)).toBe(410);
    expect(await statusOf(statusUrl, remove)).toBe(410);
  });

  it.each([
    ['PATCH of the status URL', 'PATCH', ''],
    ['POST of :cancel', 'POST', ':cancel'],
  ])('%s is taken and recorded', async (_what, method, suffix) => {
    const aborted = { answer: 'status', status: 200, body: { state: 'Aborted' } } as const;
    const { id, statusUrl } = simulator.createExport({
      steps: [running],
      afterDeleteSteps: [aborted],
    });
    expect(await statusOf(`${statusUrl}${suffix}`, { method })).toBe(200);
    expect(await (await fetch(statusUrl)).json()).toEqual(aborted.body);
    expect(simulator.record.requestsOf(id)).toMatchObject([{ method }, { method: 'GET' }]);
    const { statusUrl: other } = simulator.createExport({ steps: [running] });
    await fetch(`${other}${suffix}`, { method });
    expect(await statusOf(other)).toBe(202);
  });
});
