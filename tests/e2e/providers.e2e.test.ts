import type { Job, JobState } from '@bulkwatch/contract';
import { demoClient, oracleExport } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await fleet.startWorker();
});
afterAll(() => fleet?.stop());

const becomes = (id: string, expected: Partial<Job>, timeoutMs = 15_000) =>
  eventually(async () => expect(await fleet.job(id)).toMatchObject(expected), {
    timeoutMs,
    everyMs: 100,
  });
const settlesAs = (id: string, state: JobState) => becomes(id, { state });

async function fetchJson(path: string): Promise<unknown> {
  return (await fetch(`${fleet.apiUrl}${path}`)).json();
}

describe('Oracle Health', () => {
  it('is polled as it asks, with a token of its own, until the manifest is published', async () => {
    const { id: exportId, statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 2 }));
    const job = await fleet.register({ statusUrl, credential: 'oracle', labels: { study: 's1' } });
    await settlesAs(job.id, 'completed');

    expect(await fleet.job(job.id)).toMatchObject({
      progress: 'in-progress',
      pollCount: 3,
      expiryAssumed: false,
      manifest: { errorCount: 0 },
      labels: { study: 's1' },
    });
    const requests = fleet.simulator.record.requestsOf(exportId);
    expect(requests.map(({ status }) => status)).toEqual([202, 202, 200]);
    expect(requests.every(({ authorized }) => authorized)).toBe(true);

    const manifest = await fetchJson(`/v1/jobs/${job.id}/manifest`);
    expect(manifest).toMatchObject({ requiresAccessToken: true, output: expect.any(Array) });
    const { polls } = (await fetchJson(`/v1/jobs/${job.id}/polls`)) as {
      polls: { requestId: string }[];
    };
    expect(polls.map(({ requestId }) => requestId)).toEqual(
      requests.map(({ requestId }) => requestId).toReversed(),
    );

    const events = (await fleet.events()).filter(({ subject }) => subject === job.id);
    expect(events.map(({ type }) => type)).toEqual([
      'bulkwatch.export.registered',
      'bulkwatch.export.progressed',
      'bulkwatch.export.completed',
    ]);
    expect(events[2]?.data.manifest).toEqual(manifest);
  });

  it('gets a new token once when it refuses the old one; many jobs share it', async () => {
    const before = fleet.simulator.record.tokenRequests.length;
    fleet.simulator.revokeTokens();
    const jobs = await Promise.all(
      Array.from({ length: 10 }, () => {
        const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 1 }));
        return fleet.register({ statusUrl, credential: 'oracle' });
      }),
    );
    await Promise.all(jobs.map(({ id }) => settlesAs(id, 'completed')));
    expect(fleet.simulator.record.tokenRequests.length - before).toBeLessThanOrEqual(2);
  });
});

describe('a provider that answers rubbish', () => {
  it.each([
    [
      'HTML with status 200',
      { answer: 'status', status: 200, body: '<html>busy</html>' },
      'response-unreadable',
    ],
    ['an empty 500', { answer: 'status', status: 500, body: '' }, 'provider-error'],
    ['a reset connection', { answer: 'complete', fault: 'reset' }, 'connection-failed'],
    ['half a manifest', { answer: 'complete', fault: 'truncate' }, 'connection-failed'],
    [
      'a redirect to where nobody may go',
      { answer: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'provider-not-allowed',
    ],
  ] as const)('%s: the job stays tracked, with its reason', async (_what, step, reason) => {
    const { statusUrl } = fleet.simulator.createExport({ steps: [step] });
    const job = await fleet.register({ statusUrl, credential: 'oracle' });
    await becomes(job.id, { state: 'registered', reason });
    await fetch(`${fleet.apiUrl}/v1/jobs/${job.id}`, { method: 'DELETE' });
  });

  it('a job that says it failed: failed, with what the provider said', async () => {
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'fatal', code: 'processing', details: { text: 'Group is empty' } }],
    };
    const { statusUrl } = fleet.simulator.createExport({
      steps: [{ answer: 'status', status: 410, body: outcome }],
    });
    const job = await fleet.register({ statusUrl, credential: 'oracle' });
    await becomes(job.id, { state: 'failed', reason: 'export-expired', detail: 'Group is empty' });
  });
});

describe('credentials', () => {
  it('a submitted token is used, and is nowhere to be seen', async () => {
    const canary = 'canary-9f27c1-token';
    const { id: exportId, statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 1 }));
    const job = await fleet.register({ statusUrl, bearerToken: canary });
    await becomes(job.id, { health: 'auth-blocked', reason: 'auth-rejected', state: 'registered' });
    expect(fleet.simulator.record.requestsOf(exportId)).toMatchObject([
      { authorized: false, status: 401 },
    ]);
    expect(fleet.output()).not.toContain(canary);
    expect(await fleet.dumpRedis()).not.toContain(canary);
    expect(await fleet.dumpRedis()).toContain(job.id);
  });

  it('a submitted token that was refused can be replaced, and is tried at once', async () => {
    const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 1 }));
    const job = await fleet.register({ statusUrl, bearerToken: 'expired' });
    await becomes(job.id, { health: 'auth-blocked' });
    const bearerToken = await tokenOf(fleet.simulator);
    const response = await fetch(`${fleet.apiUrl}/v1/jobs/${job.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bearerToken }),
    });
    expect(response.status).toBe(200);
    await settlesAs(job.id, 'completed');
    expect(fleet.output() + (await fleet.dumpRedis())).not.toContain(bearerToken);
  });

  it("a status URL's query is in no log, and nowhere in Redis in clear", async () => {
    const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 1 }));
    const job = await fleet.register({
      statusUrl: `${statusUrl}?sig=canary-query-77`,
      credential: 'oracle',
    });
    await settlesAs(job.id, 'completed');
    expect(fleet.output()).toContain(job.id);
    expect(fleet.output()).not.toContain('canary-query-77');
    expect(await fleet.dumpRedis()).not.toContain('canary-query-77');
  });
});

/** An access token, got as a caller would who submits it. */
async function tokenOf({ tokenUrl }: Fleet['simulator']): Promise<string> {
  const client = Buffer.from(`${demoClient.id}:${demoClient.secret}`).toString('base64');
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${client}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('cancelling', () => {
  it('with ?provider=true sends the delete request, then settles', async () => {
    const { id: exportId, statusUrl } = fleet.simulator.createExport(
      oracleExport({ polls: 5, retryAfterSeconds: 60 }),
    );
    const job = await fleet.register({ statusUrl, credential: 'oracle' });
    await becomes(job.id, { state: 'in-progress' });
    const response = await fetch(`${fleet.apiUrl}/v1/jobs/${job.id}?provider=true`, {
      method: 'DELETE',
    });
    expect(response.status).toBe(202);

    await becomes(job.id, { state: 'cancelled', reason: 'cancelled-by-request' });
    expect(fleet.simulator.record.requestsOf(exportId).map(({ method }) => method)).toEqual([
      'GET',
      'DELETE',
    ]);
  });
});
