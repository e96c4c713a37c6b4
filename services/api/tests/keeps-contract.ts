import {
  batchResultSchema,
  jobListSchema,
  jobSchema,
  manifestSchema,
  pollListSchema,
  problemSchema,
  type Reason,
  reasons,
} from '@bulkwatch/contract';
import type { Response } from 'supertest';
import { expect } from 'vitest';
import { z } from 'zod';

/** Stands for every secret that a test sends; no answer and no log line may hold it. */
export const canary = 'canary-5f2c81';

/** Checks any answer of the api against the contract: shape, media type, status and the headers of all answers. */
export function keepsContract(response: Response): void {
  const { status, headers, text } = response;
  expect(headers['x-request-id']).toMatch(/^[\x21-\x7e]{1,128}$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(JSON.stringify(headers) + text).not.toContain(canary);

  const { method, url } = response.request as { method: string; url: string };
  const hasBody = method !== 'HEAD' && status !== 304;
  if (status >= 400) {
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    if (hasBody) expectProblem(response);
  } else if (hasBody) {
    const { pathname } = new URL(url);
    expectSuccess(`${method} ${pathname.replace(/\/[0-9a-f-]{36}/, '/{id}')}`, text);
  }
}

function expectProblem({ status, text, headers }: Response): void {
  const problem = z.strictObject(problemSchema.shape).parse(JSON.parse(text));
  expect(problem.status).toBe(status);
  expect(problem.type).toBe(`/problems/${problem.reason}`);
  expect(problem.title).toBe(reasons[problem.reason].title);
  expect((reasons[problem.reason] as { status?: number }).status).toBe(status);
  expect(problem.instance).toBe(`urn:request:${headers['x-request-id']}`);
  if (problem.reason === ('store-unavailable' satisfies Reason))
    expect(headers['retry-after']).toBe('1');
  expect('www-authenticate' in headers).toBe(status === 401 || status === 403);
  if (status === 429) expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
}

const job = z.strictObject(jobSchema.shape);
const schemas: Readonly<Record<string, z.ZodType>> = {
  'POST /v1/jobs': job,
  'GET /v1/jobs': z.strictObject({ ...jobListSchema.shape, jobs: z.array(job) }),
  'GET /v1/jobs/{id}': job,
  'PATCH /v1/jobs/{id}': job,
  'DELETE /v1/jobs/{id}': job,
  'GET /v1/jobs/{id}/polls': pollListSchema,
  'GET /v1/jobs/{id}/manifest': manifestSchema,
};

function expectSuccess(route: string, text: string): void {
  if (route === 'POST /v1/jobs/batch') {
    for (const line of text.split('\n').filter(Boolean)) batchResultSchema.parse(JSON.parse(line));
    return;
  }
  const schema = schemas[route];
  if (!schema) throw new Error(`no schema for ${route}`);
  schema.parse(JSON.parse(text));
}
