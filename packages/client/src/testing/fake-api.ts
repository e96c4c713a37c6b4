import type { Amendment, BatchResult, Job, RegistrationInput } from '@bulkwatch/contract';
import type { Fetch } from '../connection.js';
import { answer, linesAnswer, problemAnswer, problemOf } from './fake-answer.js';
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
    const { job, created } = jobs.register(registration);
    return answer(created ? 201 : 200, job, { Location: `/v1/jobs/${job.id}` });
  },
  'GET /v1/events': ({ stream }, { query, headers, signal }) =>
    streamAnswer(stream, { query, lastEventId: headers.get('last-event-id'), signal }),
};

type CallOnOne = (jobs: FakeJobs, found: FakeJob, asked: Asked) => Response | Promise<Response>;

const callsOnOne: Readonly<Record<string, CallOnOne>> = {
  'GET /job/': getJob,
  'GET /job/manifest': (_jobs, { job, manifest }) => {
    if (!isSettled(job)) return problemAnswer('manifest-not-ready');
    return manifest ? answer(200, manifest) : problemAnswer('manifest-never');
  },
  'GET /job/polls': () => answer(200, { polls: [] }),
  'PATCH /job/': (jobs, { job }, { body }) =>
    isSettled(job)
      ? problemAnswer('job-already-settled')
      : answer(200, jobs.amend(job.id, JSON.parse(body) as Amendment)),
  'DELETE /job/': (jobs, { job }) => {
    if (job.state === 'cancelled') return answer(200, job);
    if (isSettled(job)) return problemAnswer('job-already-settled');
    const reason = 'cancelled-by-request' as const;
    const settledAt = new Date().toISOString();
    const members = { state: 'cancelled', reason, settledAt, dueAt: null } as const;
    return answer(200, jobs.change(job.id, { members, event: 'cancelled' }));
  },
  'POST /job/pause': whileOpen({ health: 'paused', pausedBy: 'a fake' }),
  'POST /job/resume': whileOpen({ health: 'ok', pausedBy: null }),
  'POST /job/poll': whileOpen({}, 202),
  'POST /job/refresh': (jobs, { job }) => {
    if (job.state !== 'completed') return problemAnswer('job-not-completed');
    const refreshUntil = new Date(Date.now() + 86_400_000).toISOString();
    return answer(202, jobs.change(job.id, { members: { refreshUntil } }));
  },
  'POST /job/republish': (jobs, { job, lastEvent }) => {
    if (!lastEvent) return problemAnswer('job-not-settled');
    return answer(200, jobs.tellAgain(job.id));
  },
};

function whileOpen(members: Partial<Job>, status = 200): CallOnOne {
  return (jobs, { job }) =>
    isSettled(job)
      ? problemAnswer('job-already-settled')
      : answer(status, jobs.change(job.id, { members }));
}

async function getJob(jobs: FakeJobs, found: FakeJob, asked: Asked): Promise<Response> {
  const endMs = performance.now() + Number(asked.query.get('wait') ?? 0) * 1_000;
  const known = asked.headers.get('if-none-match');
  const tag = (): string => `W/${JSON.stringify(hashOf(JSON.stringify(found.job)))}`;
  const before = known ?? tag();
  while (tag() === before && performance.now() < endMs && asked.signal?.aborted !== true)
    await jobs.untilChanged(endMs - performance.now(), asked.signal);
  asked.signal?.throwIfAborted();
  return tag() === known
    ? new Response(null, { status: 304, headers: { ETag: tag() } })
    : answer(200, found.job, { ETag: tag() });
}

/** FNV-1a, to tell one version from another. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(36);
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
    const { job, created } = jobs.register(registration);
    return [{ line, status: created ? 201 : 200, job }];
  });
  return linesAnswer(results);
}
