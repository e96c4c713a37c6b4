import type { ControlResult, PresetFloor } from './job-control.js';
import { keys } from './keys.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import { sealToken } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';

/** Fresh links are asked for as long as an answer may be a passing one. */
const refreshMs = 24 * 60 * 60 * 1000;

/**
 * Has a completed job polled again for fresh links, as soon as the floor lets it, and wakes a worker for it. The token
 * that was submitted with it is gone: whoever submitted one has to bring another.
 */
export async function refreshJob(
  context: StoreContext,
  tenant: string,
  {
    jobId,
    bearerToken,
    presetFloorMs,
  }: { jobId: string; bearerToken: string | undefined; presetFloorMs: PresetFloor },
): Promise<ControlResult> {
  const job = await readJob(context, tenant, jobId);
  if (!job) return { kind: 'refused', why: 'not-found' };
  if (job.state !== 'completed') return { kind: 'refused', why: 'not-completed' };
  if (job.hadToken && bearerToken === undefined && job.refreshUntil === undefined)
    return { kind: 'refused', why: 'no-token' };
  const { provider } = job;
  const [kind, wake, delayMs] = await scripts.refreshJob(
    context.redis,
    { job: keys.job(jobId), due: keys.due },
    {
      jobId,
      refreshMs,
      sealedToken: sealToken(context.sealer, { tenant, jobId, provider }, bearerToken) ?? '',
      floorMs: Math.max(context.limits.retryAfterFloorMs, presetFloorMs(job)),
    },
  );
  if (kind === 'deleted') return { kind: 'refused', why: 'deleted' };
  if (kind !== 'refreshing') return { kind: 'refused', why: 'not-found' };
  await ring(context, { jobId, wake: Number(wake), delayMs: Number(delayMs) });
  return { kind: 'done', job: (await readJob(context, tenant, jobId)) ?? job };
}
