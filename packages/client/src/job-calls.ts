import type {
  Amendment,
  BatchResult,
  ExportLogEntry,
  Job,
  JobActions,
  JobList,
  Manifest,
  Poll,
  PollList,
  RegistrationInput,
} from '@bulkwatch/contract';
import type { Connection } from './connection.js';
import { eachOfPages } from './each-of-pages.js';
import { jsonBody } from './exchange.js';
import { jobPath } from './job-path.js';
import { queryOf } from './query-of.js';
import { readAnswer, readJob, readLines } from './read-answer.js';
import { type ImportOptions, importUrls, registerBatch } from './register-batch.js';
import type { CallOptions, Send } from './send.js';

/** Which jobs: those that match all of it. */
export type JobFilter = JobActions['filter'];

export interface PageOptions extends CallOptions {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** How many at most; 500 is the most that can be asked for. */
  readonly limit?: number | undefined;
}

export interface Registered {
  readonly job: Job;
  /** False where the tenant tracked this status URL already; also where the answer to a first try was lost. */
  readonly created: boolean;
}

/** One at a time or many at once, at your pace. */
export type Many<T> = Iterable<T> | AsyncIterable<T>;

/** The calls about jobs. Each is named as its operation in the OpenAPI document. */
export interface JobCalls {
  /** Registers a status URL. Sent again under one Idempotency-Key, yours where you give one. */
  registerJob(
    registration: RegistrationInput,
    options?: CallOptions & { readonly idempotencyKey?: string | undefined },
  ): Promise<Registered>;

  /**
   * Registers many, in requests of some hundred; the next is sent when the results of the one before have been taken.
   * Gives one result for each, whose `line` counts from 1. What the api refused for the moment is sent again and comes
   * later than its neighbours. Rejects when a request fails for good; what it gave before stays registered. `timeoutMs` is for each request.
   */
  registerBatch(
    registrations: Many<RegistrationInput>,
    options?: CallOptions,
  ): AsyncGenerator<BatchResult, void, void>;

  /**
   * Registers a list of status URLs, a text with one on each line or a series of such lines, that have everything else
   * in common. Blank lines and those that begin with # are passed over, and count. Otherwise as `registerBatch`.
   */
  importUrls(
    urls: string | Many<string>,
    options?: ImportOptions,
  ): AsyncGenerator<BatchResult, void, void>;

  getJob(jobId: string, options?: CallOptions): Promise<Job>;
  /** One page of jobs, the newest first. */
  listJobs(filter?: JobFilter, options?: PageOptions): Promise<JobList>;
  /** All jobs, the newest first, page by page as they are taken. `limit` and `timeoutMs` are for each page. */
  eachJob(filter?: JobFilter, options?: PageOptions): AsyncGenerator<Job, void, void>;
  /** Rejects with `manifest-not-ready` before completion, `manifest-never` where the job ended otherwise. */
  getManifest(jobId: string, options?: CallOptions): Promise<Manifest>;
  /** The latest polls, the newest first. */
  listPolls(jobId: string, options?: CallOptions): Promise<Poll[]>;
  /** What became of the job, in the format of SMART's bulk export logs, the oldest entry first. */
  getExportLog(jobId: string, options?: CallOptions): Promise<ExportLogEntry[]>;
  /** Replaces what is given. */
  amendJob(jobId: string, amendment: Amendment, options?: CallOptions): Promise<Job>;
  /** Stops tracking; with `deleteAtProvider` the provider is sent a delete request first, and the job is still open. */
  cancelJob(
    jobId: string,
    options?: CallOptions & { readonly deleteAtProvider?: boolean | undefined },
  ): Promise<Job>;
}

export function createJobCalls(
  send: Send,
  limits: Pick<Connection, 'retries' | 'timeoutMs'>,
): JobCalls {
  const get = (path: string, options?: CallOptions) => send({ method: 'GET', path }, options);
  const listJobs: JobCalls['listJobs'] = async (
    filter = {},
    { cursor, limit, ...options } = {},
  ) => {
    const { labels, ...values } = filter;
    const query = queryOf({ ...values, cursor, limit }, labels);
    const answer = await send({ method: 'GET', path: '/v1/jobs', query }, options);
    return readAnswer<JobList>(answer, 'jobs', 'nextCursor');
  };
  return {
    async registerJob(registration, { idempotencyKey = randomKey(), ...options } = {}) {
      const headers = { 'Idempotency-Key': idempotencyKey };
      const body = jsonBody(registration);
      const answer = await send({ method: 'POST', path: '/v1/jobs', headers, body }, options);
      return { job: readJob(answer), created: answer.status === 201 };
    },
    registerBatch: (registrations, options) =>
      registerBatch({ send, limits }, registrations, options),
    importUrls: (urls, options) => importUrls({ send, limits }, urls, options),
    getJob: async (jobId, options) => readJob(await get(jobPath(jobId), options)),
    listJobs,
    eachJob: (filter, options) =>
      eachOfPages(
        (cursor) => listJobs(filter, { ...options, cursor: cursor ?? options?.cursor }),
        ({ jobs }) => jobs,
      ),
    async getManifest(jobId, options) {
      return readAnswer<Manifest>(await get(jobPath(jobId, 'manifest'), options));
    },
    async listPolls(jobId, options) {
      return readAnswer<PollList>(await get(jobPath(jobId, 'polls'), options), 'polls').polls;
    },
    async getExportLog(jobId, options) {
      return readLines<ExportLogEntry>(await get(jobPath(jobId, 'log'), options), 'eventId');
    },
    async amendJob(jobId, amendment, options) {
      const call = { method: 'PATCH', path: jobPath(jobId), body: jsonBody(amendment) } as const;
      return readJob(await send(call, options));
    },
    async cancelJob(jobId, { deleteAtProvider, ...options } = {}) {
      const query = queryOf({ provider: deleteAtProvider });
      return readJob(await send({ method: 'DELETE', path: jobPath(jobId), query }, options));
    },
  };
}

/** Browsers have randomUUID on pages of https only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
