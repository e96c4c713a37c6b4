import type { Clock } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { sendJob } from '../presented.js';
import { sendProblem } from '../problem.js';
import { readAmendment } from '../read-amendment.js';

/**
 * `PATCH /v1/jobs/{id}`: replaces the submitted token, the deadline or the labels of a job that is being tracked, and
 * what its acknowledgement is about, of a completed one too.
 * A job that waits for credentials is polled with the new token at once, though not within a Retry-After.
 */
export function amendJob({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'jobs' | 'canSeal'>;
  readonly clock: Pick<Clock, 'now'>;
}): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { tenant } = principalOf(response);
    const { id } = request.params;
    const job = await store.jobs.get(tenant, id);
    if (!job) return sendProblem(response, 'job-not-found');

    // Of a completed job something can be changed; of what, the store says.
    if (job.settledAt !== undefined && job.state !== 'completed')
      return sendProblem(response, 'job-already-settled');
    const reading = readAmendment(request.body as unknown, {
      job,
      canSeal: store.canSeal,
      now: clock.now(),
    });
    if (reading.kind === 'refused')
      return sendProblem(response, reading.reason, { errors: reading.errors });
    const result = await store.jobs.amend(tenant, id, reading.amendment);
    if (result.kind === 'not-found') return sendProblem(response, 'job-not-found');
    if (result.kind === 'already-settled') return sendProblem(response, 'job-already-settled');
    if (result.kind === 'deleted') return sendProblem(response, 'export-deleted');
    await sendJob(response, store.jobs, result.job);
  };
}
