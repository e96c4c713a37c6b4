import type { Clock } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { sendJob } from '../presented.js';
import { sendProblem } from '../problem.js';
import { type AmendmentRules, readAmendment } from '../read-amendment.js';
import type { Reporter } from '../reporter.js';

interface AmendParts {
  readonly store: Pick<Store, 'jobs' | 'canSeal'>;
  readonly policy: AmendmentRules['policy'];
  readonly clock: Pick<Clock, 'now'>;
  readonly reporter: Pick<Reporter, 'webhookRefused'>;
}

/**
 * `PATCH /v1/jobs/{id}`: replaces the submitted token, the deadline or the labels of a job that is being tracked; what
 * its acknowledgement is about, of a completed one too; or the webhook of any, to which deliveries go on after the job
 * has ended. A job that waits for credentials is polled with the new token at once, though not within a Retry-After.
 */
export function amendJob({
  store,
  policy,
  clock,
  reporter,
}: AmendParts): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { tenant } = principalOf(response);
    const { id } = request.params;
    const job = await store.jobs.get(tenant, id);
    if (!job) return sendProblem(response, 'job-not-found');
    const body = request.body as unknown;
    // Of a completed job something can be changed; of what, the store says.
    if (job.settledAt !== undefined && job.state !== 'completed' && !isOfWebhook(body))
      return sendProblem(response, 'job-already-settled');

    const { canSeal } = store;
    const reading = readAmendment(body, { job, tenant, policy, canSeal, now: clock.now() });
    if (reading.kind === 'refused') {
      reporter.webhookRefused(reading.webhookRefusal);
      return sendProblem(response, reading.reason, { errors: reading.errors });
    }
    const result = await store.jobs.amend(tenant, id, reading.amendment);
    if (result.kind === 'not-found') return sendProblem(response, 'job-not-found');
    if (result.kind === 'already-settled') return sendProblem(response, 'job-already-settled');
    if (result.kind === 'deleted') return sendProblem(response, 'export-deleted');
    await sendJob(response, store.jobs, result.job);
  };
}

/** Whether a body is about nothing but the webhook. */
const isOfWebhook = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.keys(body).join() === 'webhook';
