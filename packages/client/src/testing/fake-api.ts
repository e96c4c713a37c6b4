import type { Amendment, BatchResult, Job, RegistrationInput } from '@bulkwatch/contract';
import type { Fetch } from '../connection.js';
import { acknowledge } from './fake-acknowledge.js';
import {
  answer,
  jobAnswer,
  linesAnswer,
  problemAnswer,
  problemOf,
  unchangedAnswer,
} from './fake-answer.js';
import { streamAnswer } from './fake-event-stream.js';
import { type FakeJob, type FakeJobs, isSettled } from './fake-jobs.js';
import type { FakeStream } from './fake-stream.js';

/** A request, taken apart. */
interface Asked {
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal | null | undefined;
}

interface Parts {
  readonly jobs: FakeJobs;
  readonly stream: FakeStream;
}

/** A `fetch` that is the api, as far as jobs and their events go. What it does not have is answered with 501. */
export function createFakeApi(parts: Parts): Fetch {
  return async (target, init) => {
    const { pathname, searchParams } = new URL(target);
    const asked: Asked = {
      query: searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
      signal: init.signal,
    };
    const [, id, word = ''] = /^\/v1\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? [];
    const call = `${init.method ?? 'GET'} ${id === undefined ? pathname : `/job/${word}`}`;
    if (call === 'POST /job/' && id === 'batch') return registerAll(parts.jobs, asked);
    const ofAll = callsOnAll[call];
    if (ofAll) return ofAll(parts, asked);
    const ofOne = callsOnOne[call];
    if (!ofOne || id === undefined) return answer(501, {});
    const found = parts.jobs.get(decodeURIComponent(id));
    return found ? ofOne(parts.jobs, found, asked) : problemAnswer('job-not-found');
  };
}

const callsOnAll: Readonly<
  Record<string, (parts: Parts, asked: Asked) => Response | Promise<Response>>
> = {
  'GET /v1/jobs': ({ jobs }, asked) => list(jobs, asked),
  'POST /v1/jobs': ({ jobs }, { body }) => {
    const registration = JSON.parse(body) as RegistrationInput;
    if (!URL.canParse(registration.statusUrl)) return problemAnswer('validation-failed');
    const { found, created } = jobs.register(registration);
    return jobAnswer(found, created ? 201 : 200);
  },
  'GET /v1/events': ({ stream }, { query, headers, signal }) =>
    streamAnswer(stream, { query, lastEventId: headers.get('last-event-id'), signal }),
};

type CallOnOne = (jobs: FakeJobs, found: FakeJob, asked: Asked) => Response | Promise<Response>;

const callsOnOne: Readonly<Record<string, CallOnOne>> = {
  'GET /job/': getJob,
  'GET /job/manifest': (_jobs, { job, version, manifest }) => {
    if (!isSettled(job)) return problemAnswer('manifest-not-ready');
    const headers = { ETag: `W/"${version}"` };
    return manifest ? answer(200, manifest, headers) : problemAnswer('manifest-never');
  },
  'GET /job/polls': () => answer(200, { polls: [] }),
  'PATCH /job/': (jobs, found, { body }) => {
    if (isSettled(found.job)) return problemAnswer('job-already-settled');
    jobs.amend(found.job.id, JSON.parse(body) as Amendment);
    return jobAnswer(found);
  },
  'DELETE /job/': (jobs, found) => {
    const { id, state } = found.job;
    if (state === 'cancelled') return jobAnswer(found);
    if (isSettled(found.job)) return problemAnswer('job-already-settled');
    const reason = 'cancelled-by-request' as const;
    const settledAt = new Date().toISOString();
    const members = { state: 'cancelled', reason, settledAt, dueAt: null } as const;
    jobs.change(id, { members, event: 'cancelled' });
    return jobAnswer(found);
  },
  'POST /job/pause': whileOpen({ health: 'paused', pausedBy: 'a fake' }),
  'POST /job/resume': whileOpen({ health: 'ok', pausedBy: null }),
  'POST /job/acknowledge': acknowledge,
  'POST /job/poll': whileOpen({}, 202),
  'POST /job/refresh': (jobs, found) => {
    if (found.job.state !== 'completed') return problemAnswer('job-not-completed');
    const refreshUntil = new Date(Date.now() + 86_400_000).toISOString();
    jobs.change(found.job.id, { members: { refreshUntil } });
    return jobAnswer(found, 202);
  },
  'POST /job/republish': (jobs, found) => {
    if (!found.lastEvent) return problemAnswer('job-not-settled');
    jobs.tellAgain(found.job.id);
    return jobAnswer(found);
  },
};

function whileOpen(members: Partial<Job>, status = 200): CallOnOne {
  return (jobs, found) => {
    if (isSettled(found.job)) return problemAnswer('job-already-settled');
    jobs.change(found.job.id, { members });
    return jobAnswer(found, status);
  };
}

async function getJob(jobs: FakeJobs, found: FakeJob, asked: Asked): Promise<Response> {
  const { query, headers, signal } = asked;
  const endMs = performance.now() + Number(query.get('wait') ?? 0) * 1_000;
  const known = /^W\/"(\d+)"$/.exec(headers.get('if-none-match') ?? '')?.[1];
  const before = Number(known ?? found.version);
  const isOver = (): boolean => performance.now() >= endMs || signal?.aborted === true;
  while (found.version === before && !isOver())
    await jobs.untilChanged(endMs - performance.now(), signal);
  signal?.throwIfAborted();
  return String(found.version) === known ? unchangedAnswer(found) : jobAnswer(found);
}

function list(jobs: FakeJobs, { query }: Asked): Response {
  const labels = query.getAll('label').map((label) => label.split(':'));
  const matches = (job: Job): boolean =>
    (['state', 'health', 'provider'] as const).every(
      (name) => (query.get(name) ?? job[name]) === job[name],
    ) && labels.every(([key = '', ...value]) => job.labels[key] === value.join(':'));
  const all = jobs.all().map(({ job }) => job);
  const from = all.findIndex(({ id }) => id === query.get('cursor')) + 1;
  const found = all.slice(from).filter(matches);
  const limit = Number(query.get('limit') ?? 50);
  const page = found.slice(0, limit);
  return answer(200, {
    jobs: page,
    nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  });
}

function registerAll(jobs: FakeJobs, { body }: Asked): Response {
  const results = body.split('\n').flatMap((text, index): BatchResult[] => {
    if (text === '') return [];
    const line = index + 1;
    const registration = JSON.parse(text) as RegistrationInput;
    if (!URL.canParse(registration.statusUrl))
      return [{ line, status: 422, problem: problemOf('validation-failed') }];
    const { found, created } = jobs.register(registration);
    return [{ line, status: created ? 201 : 200, job: found.job }];
  });
  return linesAnswer(results);
}
