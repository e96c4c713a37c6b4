import { composeEvent } from './compose-event.js';
import { fromNewest } from './from-newest.js';
import { openJobFields, toFields } from './job-record.js';
import type { CancelResult, JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { healthOf } from './present-job.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** Stops tracking a job; the export at the provider is left alone. */
export async function cancelJob(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<CancelResult> {
  const result = await fromNewest<CancelResult>(context, { tenant, jobId }, async (job) => {
    if (job.settledAt !== undefined) return settledAlready(job);
    const cancelled = cancelledFrom(job, context.clock.now());
    const isDone = (await settle(context, cancelled)) === 'cancelled';
    return isDone ? { kind: 'cancelled', job: cancelled } : undefined;
  });
  return result ?? { kind: 'not-found' };
}

/** Leaves the intent to cancel with a delete request, and wakes a worker for it. */
export async function requestDelete(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<CancelResult> {
  const job = await readJob(context, tenant, jobId);
  if (!job) return { kind: 'not-found' };
  const at = job.cancelRequestedAt ?? context.clock.now();
  const [kind, wake] = await scripts.requestDelete(
    context.redis,
    { job: keys.job(jobId), due: keys.due },
    { jobId, at },
  );
  if (kind === 'missing') return { kind: 'not-found' };
  if (kind === 'settled') return settledAlready((await readJob(context, tenant, jobId)) ?? job);
  await ring(context, { jobId, wake: Number(wake), delayMs: 0 });
  return { kind: 'cancelling', job: (await readJob(context, tenant, jobId)) ?? job };
}

const settledAlready = (job: JobRecord): CancelResult => ({
  kind: job.state === 'cancelled' ? 'cancelled-before' : 'already-settled',
  job,
});

function cancelledFrom(job: JobRecord, at: number): JobRecord {
  const {
    dueAt: _dueAt,
    detail: _detail,
    heldBy: _heldBy,
    pausedAt: _pausedAt,
    pausedBy: _pausedBy,
    ...rest
  } = job;
  return {
    ...rest,
    state: 'cancelled',
    health: 'ok',
    ...(healthOf(job) === 'ok' ? {} : { healthSince: at }),
    reason: 'cancelled-by-request',
    cancelRequestedAt: job.cancelRequestedAt ?? at,
    settledAt: at,
    eventOccurrence: 'by-request',
    version: job.version + 1,
  };
}

async function settle(context: StoreContext, job: JobRecord): Promise<unknown> {
  const at = job.settledAt ?? context.clock.now();
  const event = composeEvent({ word: 'cancelled', job, occurrence: job.eventOccurrence, at });
  const cleared = [...openJobFields, 'detail'];
  const [kind] = await scripts.cancelJob(
    context.redis,
    {
      job: keys.job(job.id),
      due: keys.due,
      events: keys.events,
      index: keys.index(job.tenant),
      openJob: keys.openJob(job),
      tenantEvents: keys.tenantEvents(job.tenant),
      provider: keys.provider(job.provider),
      providersOut: keys.providersOut,
      health: keys.health,
    },
    {
      jobId: job.id,
      version: job.version - 1,
      event: event.json,
      channel: event.channel,
      eventsMaxLength: context.limits.eventsMaxLength,
      cleared: cleared.length,
    },
    [
      ...cleared,
      ...toFields({
        reason: job.reason,
        settledAt: at,
        healthSince: job.healthSince,
        eventOccurrence: job.eventOccurrence,
        cancelRequestedAt: job.cancelRequestedAt,
      }),
    ],
  );
  return kind;
}
