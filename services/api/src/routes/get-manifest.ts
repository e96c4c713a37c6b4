import { type JobState, openStates } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { etagOf } from '../etag.js';
import { sendProblem } from '../problem.js';

/** `GET /v1/jobs/{id}/manifest`: the manifest byte for byte as the provider sent it. */
export function getManifest({
  store,
}: {
  readonly store: Pick<Store, 'jobs'>;
}): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const tenant = principalOf(response).tenant;
    const { id } = request.params;
    const job = await store.jobs.get(tenant, id);
    if (!job) return sendProblem(response, 'job-not-found');
    if ((openStates as readonly JobState[]).includes(job.state))
      return sendProblem(response, 'manifest-not-ready');

    const manifest = job.state === 'completed' ? await store.jobs.manifest(tenant, id) : undefined;
    if (!manifest) return sendProblem(response, 'manifest-never');
    response.set('ETag', etagOf(job.version)).type('application/json').send(Buffer.from(manifest));
  };
}
