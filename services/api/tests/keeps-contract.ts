import { problemSchema, type Reason, reasons } from '@bulkwatch/contract';
import type { Response } from 'supertest';
import { expect } from 'vitest';
import { undocumented } from './open-api-check.js';

/** Stands for every secret that a test sends; no answer and no log line may hold it. */
export const canary = 'canary-5f2c81';

/** Checks any answer of the api against the OpenAPI document, and what all answers have in common. */
export function keepsContract(response: Response): void {
  const { status, headers, text } = response;
  expect(headers['x-request-id']).toMatch(/^[\x21-\x7e]{1,128}$/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(JSON.stringify(headers) + text).not.toContain(canary);

  const { method, url } = response.request as { method: string; url: string };
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  expect(undocumented({ method, target, status, headers, text: text ?? '' })).toEqual([]);
  if (status >= 400 && method !== 'HEAD') expectProblem(response);
}

function expectProblem({ status, text, headers }: Response): void {
  const problem = problemSchema.parse(JSON.parse(text));
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
