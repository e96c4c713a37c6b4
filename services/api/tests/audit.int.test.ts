import type { Job } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, newStatusUrl, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';

let api: Api;
beforeAll(async () => {
  api = await setupApi({ ...authenticating, BULKWATCH_LOG_LEVEL: 'error' });
});
afterAll(() => api.stop());

const audited = () =>
  api.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['audit'] === true);

/** The line that is written for what `act` sends. */
async function lineOf(act: () => Promise<{ headers: Record<string, string> }>) {
  const { headers } = await act();
  return eventually(() => {
    const lines = audited().filter((line) => line['requestId'] === headers['x-request-id']);
    expect(lines).toHaveLength(1);
    return lines[0];
  });
}

describe('the audit log', () => {
  it('has who, what and how it went of every write', async () => {
    const text = await api.keyOf('acme', 'jobs:write');
    const who = { keyId: text.slice(4, 20), subject: 'of acme', tenant: 'acme' };
    let job: Job | undefined;
    const registered = await lineOf(async () => {
      const response = await api
        .as(text, 'post', '/v1/jobs')
        .send({ statusUrl: `${newStatusUrl()}?t=${canary}`, reference: 'said-in-the-body' })
        .expect(201);
      job = response.body as Job;
      return response;
    });
    expect(registered).toMatchObject({
      level: 'info',
      msg: 'write request',
      ...who,
      method: 'POST',
      route: '/v1/jobs',
      status: 201,
      target: job?.id,
    });

    const path = `/v1/jobs/${job?.id}`;
    expect(await lineOf(async () => api.as(text, 'delete', path))).toMatchObject({
      ...who,
      method: 'DELETE',
      route: '/v1/jobs/{id}',
      target: job?.id,
      status: 200,
    });
  });

  it('has the reason of what was refused, and whoever was known', async () => {
    const reader = await api.keyOf('globex', 'jobs:read');
    expect(await lineOf(async () => api.as(reader, 'post', '/v1/jobs').send({}))).toMatchObject({
      tenant: 'globex',
      status: 403,
      reason: 'scope-missing',
    });
    const unknown = await lineOf(async () => api.post(`/v1/jobs?token=${canary}`).send({}));
    expect(unknown).toMatchObject({ status: 401, reason: 'authentication-missing' });
    expect(unknown).not.toHaveProperty('tenant');
  });

  it('names the jobs of a batch, and how many there are beyond the first hundred', async () => {
    const text = await api.keyOf('acme', 'jobs:write');
    const jobIds: string[] = [];
    const line = await lineOf(async () => {
      const lines = Array.from({ length: 120 }, () =>
        JSON.stringify({ statusUrl: newStatusUrl() }),
      );
      const response = await api
        .as(text, 'post', '/v1/jobs/batch')
        .type('application/x-ndjson')
        .send(['not json', ...lines].join('\n'))
        .expect(200);
      for (const [, id] of response.text.matchAll(/"job":\{"id":"([^"]+)"/g)) jobIds.push(id ?? '');
      return response;
    });

    expect(jobIds).toHaveLength(120);
    expect(line).toMatchObject({ route: '/v1/jobs/batch', status: 200, targetCount: 120 });
    const targets = line?.['targets'] as string[];
    expect(targets).toHaveLength(100);
    expect(jobIds).toEqual(expect.arrayContaining(targets));
  });

  it('has nothing of what only reads, no query and no body', async () => {
    const before = audited().length;
    const text = await api.keyOf('acme', 'jobs:read');
    await api.as(text, 'get', '/v1/jobs').expect(200);

    expect(audited()).toHaveLength(before);
    const lines = JSON.stringify(audited());
    expect(lines).not.toContain(canary);
    expect(lines).not.toContain('said-in-the-body');
  });
});
