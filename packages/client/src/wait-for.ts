import type { Job } from '@bulkwatch/contract';
import { backOffMs, mayPass } from './back-off.js';
import { BulkwatchError, isBulkwatchError } from './bulkwatch-error.js';
import { jobPath } from './job-path.js';
import { queryOf } from './query-of.js';
import { readJob } from './read-answer.js';
import type { Send } from './send.js';
import { sleep } from './sleep.js';

export interface WaitOptions {
  /** Ends the waiting, which then rejects with the signal's reason. The job is tracked on. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the job at first and whenever it is found changed. What it throws ends the waiting. */
  readonly onProgress?: ((job: Job) => void) | undefined;
  /** Until this is so, or the job has settled; without it, until the job has settled. */
  readonly until?: ((job: Job) => boolean) | undefined;
  /** How long to wait in all; without end by default. Then it rejects with `timed-out`. */
  readonly timeoutMs?: number | undefined;
}

/** What is asked for at first: well below the usual idle time of load balancers. */
const waitSeconds = 30;
/** Between two requests, where answers come sooner than they should. */
const restMs = 500;

/** A look at a job that brought none, as it has not changed. */
const unchanged = Symbol('unchanged');

interface Look {
  readonly jobId: string;
  /** Of the job as it is known; undefined where it is not, or something in between keeps it. */
  readonly etag: string | undefined;
  readonly waitSeconds: number;
  /** For the answer, besides the time that the api may hold it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface WaitParts {
  readonly send: Send;
  /** How long one call takes at most. */
  readonly timeoutMs: number;
}

/**
 * Waits until a job has settled and gives it, however it ended: `failed`, `cancelled` and `abandoned` are outcomes, not
 * errors. The api holds each request until there is news. The first answer has to come like that of any other call; from
 * then on an api that is away or busy is waited for.
 *
 * Rejects with the signal's reason, with `timed-out`, or with why the job cannot be read, such as `job-not-found`.
 */
export async function waitFor(
  parts: WaitParts,
  jobId: string,
  options: WaitOptions = {},
): Promise<Job> {
  const { signal, onProgress, until = () => false, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const endMs = performance.now() + timeoutMs;
  const leftMs = (): number => endMs - performance.now();
  let known = false;
  let etag: string | undefined;
  let holdSeconds = waitSeconds;
  for (let tries = 0; ; ) {
    const startedMs = performance.now();
    const askedSeconds = known ? Math.min(holdSeconds, Math.floor(leftMs() / 1_000)) : 0;
    try {
      const found = await look(parts, {
        jobId,
        etag,
        signal,
        waitSeconds: askedSeconds,
        timeoutMs: leftMs() - askedSeconds * 1_000,
      });
      tries = 0;
      if (found !== unchanged) {
        known = true;
        etag = found.etag;
        onProgress?.(found.job);
        if (found.job.settledAt !== null || until(found.job)) return found.job;
      }
    } catch (error) {
      if (askedSeconds > 1 && isWaitRefused(error)) holdSeconds = Math.floor(askedSeconds / 2);
      else if (!known || !mayPass(error)) throw error;
      tries += 1;
    }
    const tookMs = performance.now() - startedMs;
    const backOff = tries === 0 ? 0 : backOffMs(tries, 0, Math.random());
    const pauseMs = Math.max(backOff, restMs - tookMs);
    await sleep(Math.max(0, Math.min(pauseMs, leftMs())), signal);
    if (leftMs() <= 0) throw outOfTime();
  }
}

async function look(
  { send, timeoutMs }: WaitParts,
  { jobId, etag, waitSeconds, signal, ...limits }: Look,
): Promise<{ readonly job: Job; readonly etag: string | undefined } | typeof unchanged> {
  const answer = await send(
    {
      method: 'GET',
      path: jobPath(jobId),
      query: queryOf({ wait: waitSeconds > 0 ? waitSeconds : undefined }),
      ...(etag === undefined ? {} : { headers: { 'If-None-Match': etag } }),
      holdMs: waitSeconds * 1_000,
    },
    { signal, timeoutMs: Math.max(1, Math.min(timeoutMs, limits.timeoutMs)) },
  );
  if (answer.status === 304) return unchanged;
  const seen = answer.headers.get('etag') ?? undefined;
  return seen !== undefined && seen === etag ? unchanged : { job: readJob(answer), etag: seen };
}

/** An api may be set to hold requests for less long than is asked for. */
function isWaitRefused(error: unknown): boolean {
  return (
    isBulkwatchError(error, 'query-invalid') &&
    error.problem?.errors?.some(({ field }) => field === 'wait') === true
  );
}

function outOfTime(): BulkwatchError {
  return new BulkwatchError({
    reason: 'timed-out',
    says: 'The job did not settle in the time that was given.',
  });
}
