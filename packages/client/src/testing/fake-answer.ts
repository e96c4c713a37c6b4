import type { Problem, Reason } from '@bulkwatch/contract';
import type { FakeJob } from './fake-jobs.js';

/** Problems that the fake has, with the status and the title that they have in Bulkwatch. */
const problems = {
  'job-not-found': [404, 'There is no such job.'],
  'manifest-not-ready': [404, 'The export has not completed yet.'],
  'manifest-never': [404, 'The job ended without a manifest.'],
  'job-already-settled': [409, 'The job has ended.'],
  'job-not-settled': [409, 'The job has not ended.'],
  'job-not-completed': [409, 'The job has not completed.'],
  'validation-failed': [422, 'The body is not as it should be.'],
} as const satisfies Partial<Record<Reason, readonly [number, string]>>;

export type FakeReason = keyof typeof problems;

export function problemOf(reason: FakeReason): Problem {
  const [status, title] = problems[reason];
  return { type: `/problems/${reason}`, title, status, reason };
}

/** What every answer has. */
const always = { 'X-Request-Id': 'of-the-fake', 'Cache-Control': 'no-store' };

/** Answers with a job as it is now. */
export function jobAnswer({ job, version }: FakeJob, status = 200): Response {
  return answer(status, job, { ETag: `W/"${version}"`, Location: `/v1/jobs/${job.id}` });
}

/** Answers that a job is as it was. */
export function unchangedAnswer({ version }: FakeJob): Response {
  return new Response(null, { status: 304, headers: { ...always, ETag: `W/"${version}"` } });
}

/** Answers as the api does when it says no. */
export function problemAnswer(reason: FakeReason): Response {
  const problem = problemOf(reason);
  return answer(problem.status, problem, { 'Content-Type': 'application/problem+json' });
}

export function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...always, 'Content-Type': 'application/json', ...headers },
  });
}

/** One JSON value a line. */
export function linesAnswer(values: readonly unknown[]): Response {
  return new Response(values.map((value) => `${JSON.stringify(value)}\n`).join(''), {
    headers: { ...always, 'Content-Type': 'application/x-ndjson' },
  });
}
