import { expect, it } from 'vitest';
import { undocumented } from '../../../services/api/tests/open-api-check.js';
import { createFakeApi } from '../src/testing/fake-api.js';
import { createFakeJobs } from '../src/testing/fake-jobs.js';
import { createFakeStream } from '../src/testing/fake-stream.js';

it('the api of the fake answers as the OpenAPI document says', async () => {
  const stream = createFakeStream();
  const jobs = createFakeJobs((event) => void stream.add(['event', JSON.stringify(event)]));
  const api = createFakeApi({ jobs, stream });
  const faults: string[] = [];
  const statuses: number[] = [];
  const call = async (method: string, target: string, body?: unknown): Promise<string> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method, ...(body === undefined ? {} : { body: text }) };
    const response = await api(`http://bulkwatch.invalid${target}`, init);
    const { status, headers } = response;
    const answer = { method, target, status, headers: Object.fromEntries(headers) };
    const told = { ...answer, text: await response.text() };
    faults.push(...undocumented(told).map((fault) => `${method} ${target} ${status}: ${fault}`));
    statuses.push(status);
    return told.text;
  };
  const register = async (number: number): Promise<string> => {
    const statusUrl = `https://ehr.example.org/${number}`;
    return (JSON.parse(await call('POST', '/v1/jobs', { statusUrl })) as { id: string }).id;
  };

  const first = await register(1);
  await register(1);
  const second = await register(2);
  await call('POST', '/v1/jobs', { statusUrl: 'x' });
  await call(
    'POST',
    '/v1/jobs/batch',
    '{"statusUrl":"https://ehr.example.org/3"}\n{"statusUrl":"x"}\n',
  );
  await call('GET', '/v1/jobs?limit=1');
  await call('GET', `/v1/jobs/${first}`);
  await call('GET', '/v1/jobs/nobody');
  await call('GET', `/v1/jobs/${first}/manifest`);
  await call('GET', `/v1/jobs/${first}/polls`);
  await call('PATCH', `/v1/jobs/${first}`, { labels: { a: 'b' } });
  for (const word of ['pause', 'resume', 'poll', 'refresh', 'republish'])
    await call('POST', `/v1/jobs/${first}/${word}`);
  jobs.complete(first);
  await call('GET', `/v1/jobs/${first}/manifest`);
  for (const word of ['pause', 'refresh', 'republish'])
    await call('POST', `/v1/jobs/${first}/${word}`);
  await call('DELETE', `/v1/jobs/${second}`);
  await call('DELETE', `/v1/jobs/${first}`);

  expect(new Set(statuses)).toEqual(new Set([200, 201, 202, 404, 409, 422]));
  expect(faults).toEqual([]);
});
