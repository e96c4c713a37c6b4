import type {
  AcknowledgeInput,
  Job,
  JobActionResult,
  JobActions,
  JobActionsResult,
} from '@bulkwatch/contract';
import { backOffMs } from './back-off.js';
import { BulkwatchError } from './bulkwatch-error.js';
import type { Connection } from './connection.js';
import { jsonBody } from './exchange.js';
import { jobPath } from './job-path.js';
import { readAnswer, readJob } from './read-answer.js';
import type { CallOptions, Send } from './send.js';
import { sleep } from './sleep.js';

/** The calls by which operators control jobs. Each is named as its operation in the OpenAPI document. */
export interface ControlCalls {
  /** Keeps a job from being polled. Its deadline goes on. */
  pauseJob(jobId: string, options?: CallOptions): Promise<Job>;
  resumeJob(jobId: string, options?: CallOptions): Promise<Job>;
  /**
   * Makes a job due now. Within the provider's Retry-After that is refused with `retry-after-not-over`, and the error
   * has `retryAfterMs`. With `force` it is not; such a call is never sent twice.
   */
  pollNow(
    jobId: string,
    options?: CallOptions & { readonly force?: boolean | undefined },
  ): Promise<Job>;
  /** Asks the provider of a completed job for fresh links; with `bearerToken` where a token was submitted with the job. */
  refreshJob(
    jobId: string,
    options?: CallOptions & { readonly bearerToken?: string | undefined },
  ): Promise<Job>;
  /**
   * Says that a subscriber has what it wants of a completed job; saying it again is harmless. The last one that is
   * required has the provider sent a delete request, where the registration says `deleteOnAcknowledge`; `bearerToken` is
   * for that request.
   */
  acknowledgeJob(jobId: string, options: AcknowledgeInput & CallOptions): Promise<Job>;
  /** Tells the event of a settled job again, under the id that it had. */
  republishEvent(jobId: string, options?: CallOptions): Promise<Job>;
  /** One action on one page of the jobs that match a filter. `retryAfterSeconds` says where the rate limit ended it early. */
  controlJobs(actions: JobActions, options?: CallOptions): Promise<JobActionsResult>;
  /**
   * One action on all jobs that match a filter, page by page as the results are taken; where the rate limit ends a page,
   * it goes on when that is over. `limit` and `timeoutMs` are for each page, and for each such wait.
   */
  controlEachJob(
    actions: JobActions,
    options?: CallOptions,
  ): AsyncGenerator<JobActionResult, void, void>;
}

export function createControlCalls(send: Send, limits: EachParts['limits']): ControlCalls {
  const post = async (jobId: string, word: string, options: CallOptions = {}): Promise<Job> =>
    readJob(await send({ method: 'POST', path: jobPath(jobId, word) }, options));
  const controlJobs: ControlCalls['controlJobs'] = async (actions, options) => {
    const path = '/v1/jobs/actions';
    const once = actions.force === true;
    const answer = await send({ method: 'POST', path, body: jsonBody(actions), once }, options);
    return readAnswer<JobActionsResult>(answer, 'results', 'nextCursor');
  };
  return {
    pauseJob: (jobId, options) => post(jobId, 'pause', options),
    resumeJob: (jobId, options) => post(jobId, 'resume', options),
    async pollNow(jobId, { force = false, ...options } = {}) {
      const path = jobPath(jobId, 'poll');
      const body = jsonBody({ force });
      return readJob(await send({ method: 'POST', path, body, once: force }, options));
    },
    async refreshJob(jobId, { bearerToken, ...options } = {}) {
      const path = jobPath(jobId, 'refresh');
      return readJob(
        await send({ method: 'POST', path, body: jsonBody({ bearerToken }) }, options),
      );
    },
    async acknowledgeJob(jobId, { subscriber, bearerToken, ...options }) {
      const path = jobPath(jobId, 'acknowledge');
      const body = jsonBody({ subscriber, bearerToken });
      return readJob(await send({ method: 'POST', path, body }, options));
    },
    republishEvent: (jobId, options) => post(jobId, 'republish', options),
    controlJobs,
    controlEachJob: (actions, options) => controlEachJob({ controlJobs, limits }, actions, options),
  };
}

interface EachParts {
  readonly controlJobs: ControlCalls['controlJobs'];
  readonly limits: Pick<Connection, 'retries' | 'timeoutMs'>;
}

async function* controlEachJob(
  { controlJobs, limits }: EachParts,
  actions: JobActions,
  options: CallOptions = {},
): AsyncGenerator<JobActionResult, void, void> {
  const waitMaxMs = options.timeoutMs ?? limits.timeoutMs;
  for (let { cursor } = actions, tries = 1; ; ) {
    const { results, retryAfterSeconds, nextCursor } = await controlJobs(
      { ...actions, cursor },
      options,
    );
    yield* results;
    if (nextCursor === null && retryAfterSeconds === undefined) return;
    // A quota that ended before the first job of a page leaves the cursor where it is.
    cursor = nextCursor ?? cursor;
    tries = results.length > 0 ? 1 : tries + 1;
    if (retryAfterSeconds === undefined) continue;
    const waitMs = retryAfterSeconds * 1_000;
    if (tries > limits.retries + 1 || waitMs > waitMaxMs) throw outOfQuota(waitMs);
    await sleep(backOffMs(tries, waitMs, Math.random()), options.signal);
  }
}

function outOfQuota(retryAfterMs: number): BulkwatchError {
  return new BulkwatchError({
    reason: 'too-many-requests',
    says: 'The rate limit leaves nothing for the jobs that are left.',
    status: 429,
    retryAfterMs,
  });
}
