import type { Poll } from '@bulkwatch/contract';
import { presentJob, type Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { exportLog, type ManifestFacts } from '../export-log.js';
import { sendProblem } from '../problem.js';

/** Manifests up to this size are looked into: reading a larger one would keep others waiting. */
const readableBytes = 2 * 1_024 * 1_024;

/** `GET /v1/jobs/{id}/log`: what became of a job as a bulk data export log, as far as its timeline remembers. */
export function getExportLog({
  store,
}: {
  readonly store: Pick<Store, 'jobs'>;
}): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { tenant } = principalOf(response);
    const { id } = request.params;
    const record = await store.jobs.get(tenant, id);
    if (!record) return sendProblem(response, 'job-not-found');

    const polls: readonly Poll[] = (await store.jobs.polls(tenant, id)) ?? [];
    const isReadable = record.manifest !== undefined && record.manifest.bytes <= readableBytes;
    const manifest = isReadable ? await store.jobs.manifest(tenant, id) : undefined;
    if (manifest?.kind === 'unopenable')
      return sendProblem(response, 'manifest-sealed', { detail: `seal key ${manifest.keyId}` });

    const facts = manifest?.kind === 'opened' ? factsOf(manifest.bytes) : undefined;
    const entries = exportLog(presentJob(record), polls, facts);
    response.type('application/x-ndjson');
    response.send(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  };
}

/** A manifest of another protocol may have neither. */
function factsOf(bytes: Uint8Array): ManifestFacts {
  const manifest = parse(bytes) as { request?: unknown; deleted?: unknown } | null;
  const { request, deleted } = manifest ?? {};
  return {
    request: typeof request === 'string' ? request : null,
    deletedCount: Array.isArray(deleted) ? deleted.length : 0,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
