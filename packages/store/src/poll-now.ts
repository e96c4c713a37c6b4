import { randomUUID } from 'node:crypto';
import type { ControlResult, PresetFloor } from './job-control.js';
import { keys } from './keys.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/**
 * Makes an open job due as soon as the floor lets it, and wakes a worker for it, unless its provider asked to be left
 * alone. Forced, it passes the floor of the preset too, which is there to spare the provider, but not that of the house.
 */
export async function pollNow(
  context: StoreContext,
  tenant: string,
  { jobId, force, presetFloorMs }: { jobId: string; force: boolean; presetFloorMs: PresetFloor },
): Promise<ControlResult> {
  const job = await readJob(context, tenant, jobId);
  if (!job) return { kind: 'refused', why: 'not-found' };
  const { retryAfterFloorMs } = context.limits;
  const [kind, value, remainingMs] = await scripts.pollNow(
    context.redis,
    { job: keys.job(jobId), due: keys.due, provider: keys.provider(job.provider) },
    {
      jobId,
      nonce: randomUUID(),
      forced: force ? '1' : '',
      floorMs: force ? retryAfterFloorMs : Math.max(retryAfterFloorMs, presetFloorMs(job)),
    },
  );
  switch (kind) {
    case 'missing':
      return { kind: 'refused', why: 'not-found' };
    case 'settled':
      return { kind: 'refused', why: 'already-settled' };
    case 'paused':
      return { kind: 'refused', why: 'paused' };
    case 'early':
      return {
        kind: 'refused',
        why: 'early',
        until: Number(value),
        remainingMs: Number(remainingMs),
      };
    case 'under-way':
      return { kind: 'done', job };
    case 'due':
      await ring(context, { jobId, wake: Number(value), delayMs: Number(remainingMs) });
      return { kind: 'done', job: (await readJob(context, tenant, jobId)) ?? job };
    case null:
    case undefined:
    default:
      throw new Error(`poll-now answered ${String(kind)}`);
  }
}
