import { finalStates, type JobState } from '@bulkwatch/contract';
import type { Clock, Settings } from '@bulkwatch/runtime';
import type { JobRecord, Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { principalOf } from '../auth/principal.js';
import { versionsIn } from '../etag.js';
import { setHeld } from '../held.js';
import type { JobWatch } from '../job-watch.js';
import { sendJob } from '../presented.js';
import { sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';
import { waitForChange } from '../wait-for-change.js';

interface GetJobParts {
  readonly store: Pick<Store, 'jobs'>;
  readonly jobWatch: JobWatch;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly settings: Pick<Settings, 'apiWaitMaxMs'>;
}

const wholeSeconds = /^\d{1,6}$/;

/** Query of `GET /v1/jobs/{id}`. How long it may wait is a setting, 30 s where that is not changed. */
export const waitQuerySchema = z.strictObject({
  wait: z.string().regex(wholeSeconds).optional(),
});

/** `GET /v1/jobs/{id}`: the job; with `?wait=` as soon as something worth knowing happened to it. */
export function getJob({
  store,
  jobWatch,
  clock,
  settings,
}: GetJobParts): RequestHandler<{ id: string }> {
  const querySchema = z.strictObject({ wait: waitSchema(settings.apiWaitMaxMs).optional() });
  return async (request, response) => {
    const reading = readQuery(querySchema, request.query);
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const { id } = request.params;
    const read = (): Promise<JobRecord | undefined> =>
      store.jobs.get(principalOf(response).tenant, id);
    const from = await read();
    const timeoutMs = (reading.query.wait ?? 0) * 1000;
    const waits =
      from !== undefined && timeoutMs > 0 && isWorthWaiting(from, request.get('if-none-match'));
    if (waits) setHeld(response);
    const job = waits
      ? await waitForChange({
          from,
          read,
          changed: (now) => now === undefined || hasNews(from, now),
          watch: (wake) => watchBoth(jobWatch, id, response, wake),
          isOver: () => jobWatch.stopped || response.destroyed,
          timeoutMs,
          clock,
        })
      : from;
    if (!job) return sendProblem(response, 'job-not-found');
    await sendJob(response, store.jobs, job);
  };
}

/** Whole seconds, up to a maximum. */
function waitSchema(maxMs: number) {
  const maxSeconds = Math.floor(maxMs / 1000);
  const message = `must be whole seconds, 0 to ${maxSeconds}`;
  return z
    .string(message)
    .regex(wholeSeconds, message)
    .transform(Number)
    .refine((seconds) => seconds <= maxSeconds, message);
}

/**
 * A settled job does not change, unless its provider is still asked something, and one of which the caller has not seen the
 * version yet is news already. What changes without a version is no news.
 */
function isWorthWaiting(job: JobRecord, ifNoneMatch: string | undefined): boolean {
  const seen = versionsIn(ifNoneMatch);
  const isSettled = (finalStates as readonly JobState[]).includes(job.state);
  return (
    (!isSettled || job.refreshUntil !== undefined || job.deleteUntil !== undefined) &&
    (seen.length === 0 || seen.includes(job.version))
  );
}

/** A poll that only says that the export goes on is no news. */
function hasNews(before: JobRecord, now: JobRecord): boolean {
  return (
    now.state !== before.state ||
    now.progress !== before.progress ||
    now.health !== before.health ||
    now.pausedAt !== before.pausedAt ||
    now.refreshUntil !== before.refreshUntil ||
    now.deleteUntil !== before.deleteUntil ||
    now.cancelRequestedAt !== before.cancelRequestedAt
  );
}

/** Wakes for the job and for the caller hanging up. */
function watchBoth(
  jobWatch: JobWatch,
  jobId: string,
  response: Response,
  wake: () => void,
): () => void {
  const unwatch = jobWatch.watch(jobId, wake);
  response.once('close', wake);
  return () => {
    unwatch();
    response.off('close', wake);
  };
}
