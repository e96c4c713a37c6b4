import { type JobState, openStates } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { manifestEtagOf } from '../etag.js';
import { sendProblem } from '../problem.js';

/**
 * `GET /v1/jobs/{id}/manifest`: the manifest byte for byte as the provider sent it, also when its files have expired, which
 * a header says.
 */
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

    if (job.state !== 'completed') return sendProblem(response, 'manifest-never');

    const manifest = await store.jobs.manifest(tenant, id);
    switch (manifest.kind) {
      case 'none':
        return sendProblem(response, 'manifest-removed');
      case 'unopenable':
        return sendProblem(response, 'manifest-sealed', { detail: `seal key ${manifest.keyId}` });
      case 'opened':
        if (job.expiryToldMs === 0 && job.expiresAt !== undefined)
          response.set('Bulkwatch-Expired-At', new Date(job.expiresAt).toISOString());
        response.set('ETag', manifestEtagOf(job.version)).type('application/json');
        response.send(Buffer.from(manifest.bytes));
    }
  };
}
