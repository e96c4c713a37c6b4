import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { principalOf } from '../auth/principal.js';
import { presented } from '../presented.js';
import { sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';

/** Query of `DELETE /v1/jobs/{id}`. */
export const cancelQuerySchema = z.strictObject({
  provider: z.enum(['true', 'false']).optional(),
});

/**
 * `DELETE /v1/jobs/{id}`: stops tracking; 200 once that is so. With `?provider=true` the delete request is sent
 * to the provider first, and 202 says that it is on its way.
 */
export function cancelJob({
  store,
  reporter,
}: {
  readonly store: Pick<Store, 'jobs'>;
  readonly reporter: Pick<Reporter, 'cancelled'>;
}): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const reading = readQuery(cancelQuerySchema, request.query);
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const result = await store.jobs.cancel(principalOf(response).tenant, request.params.id, {
      deleteAtProvider: reading.query.provider === 'true',
    });
    reporter.cancelled(result, requestIdOf(response));
    if (result.kind === 'not-found') return sendProblem(response, 'job-not-found');
    if (result.kind === 'already-settled') return sendProblem(response, 'job-already-settled');
    response
      .status(result.kind === 'cancelling' ? 202 : 200)
      .json(await presented(store.jobs, result.job));
  };
}
