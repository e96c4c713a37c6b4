import { type ComposedEvent, composeEvent } from './compose-event.js';
import type { ScriptReply } from './define-script.js';
import { healthScore } from './fleet/health-index.js';
import { fromNewest } from './from-newest.js';
import type { ControlResult } from './job-control.js';
import type { JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { healthOf } from './present-job.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** Keeps an open job from being polled. `by` is who asks. */
export async function pauseJob(
  context: StoreContext,
  tenant: string,
  { jobId, by }: { jobId: string; by: string },
): Promise<ControlResult> {
  return control(context, { tenant, jobId }, async (job) => {
    const at = context.clock.now();
    const paused = job.pausedAt === undefined ? { ...job, pausedAt: at, pausedBy: by } : job;
    const event = healthEvent(context, job, paused, at);
    const reply = await scripts.pauseJob(
      context.redis,
      {
        job: keys.job(jobId),
        events: keys.events,
        tenantEvents: keys.tenantEvents(tenant),
        health: keys.health,
      },
      {
        jobId,
        by,
        at,
        version: job.version,
        healthScore: healthScore('paused'),
        ...tellingOf(context, event),
      },
    );
    return { reply, event };
  });
}

/** Lets a paused job be polled again, and wakes a worker for it. */
export async function resumeJob(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<ControlResult> {
  return control(context, { tenant, jobId }, async (job) => {
    const at = context.clock.now();
    const event = healthEvent(context, job, resumed(job, at), at);
    const reply = await scripts.resumeJob(
      context.redis,
      {
        job: keys.job(jobId),
        due: keys.due,
        events: keys.events,
        tenantEvents: keys.tenantEvents(tenant),
        health: keys.health,
      },
      {
        jobId,
        version: job.version,
        healthScore: healthScore(job.health),
        ...tellingOf(context, event),
      },
    );
    const [kind, wake, delayMs] = reply;
    if (kind === 'resumed')
      await ring(context, { jobId, wake: Number(wake), delayMs: Number(delayMs) });
    return { reply, event };
  });
}

/** What came of a script, and the event that it told, where it did what it is for. */
interface Attempt {
  readonly reply: ScriptReply;
  readonly event: ComposedEvent | undefined;
}

async function control(
  context: StoreContext,
  { tenant, jobId }: { tenant: string; jobId: string },
  attempt: (job: JobRecord) => Promise<Attempt>,
): Promise<ControlResult> {
  const result = await fromNewest<ControlResult>(context, { tenant, jobId }, async (job) => {
    const { reply, event } = await attempt(job);
    if (reply[0] === 'settled') return { kind: 'refused', why: 'already-settled' };
    if (reply[0] === 'changed') return undefined;
    const after = (await readJob(context, tenant, jobId)) ?? job;
    return { kind: 'done', job: after, ...(event ? { event: event.word } : {}) };
  });
  return result ?? { kind: 'refused', why: 'not-found' };
}

/** The record as a resumed job has it: a pause moved the due instant of one that came due. */
function resumed(job: JobRecord, at: number): JobRecord {
  const { pausedAt: _pausedAt, pausedBy: _pausedBy, heldBy, ...rest } = job;
  if (heldBy === undefined) return rest;
  return heldBy === 'paused' ? { ...rest, dueAt: at } : { ...rest, heldBy };
}

/** The event of a change of health, where subscribers want to be told and it is one. */
function healthEvent(
  { healthEvents }: StoreContext,
  before: JobRecord,
  after: JobRecord,
  at: number,
): ComposedEvent | undefined {
  const previousHealth = healthOf(before);
  if (!healthEvents || healthOf(after) === previousHealth) return undefined;
  const occurrence = `by-request-${before.version}`;
  return composeEvent({
    word: 'health-changed',
    job: after,
    occurrence,
    at,
    says: { previousHealth },
  });
}

const tellingOf = ({ limits }: StoreContext, event: ComposedEvent | undefined) => ({
  event: event?.json ?? '',
  channel: event?.channel ?? '',
  eventsMaxLength: limits.eventsMaxLength,
});
