import type { PollList } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { sendProblem } from '../problem.js';

/** `GET /v1/jobs/{id}/polls`: the latest polls of a job, as far as it remembers. */
export function listPolls({
  store,
}: {
  readonly store: Pick<Store, 'jobs'>;
}): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const polls = await store.jobs.polls(principalOf(response).tenant, request.params.id);
    if (!polls) return sendProblem(response, 'job-not-found');
    const list: PollList = { polls: [...polls] };
    response.json(list);
  };
}
