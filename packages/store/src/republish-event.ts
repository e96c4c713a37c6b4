import { randomUUID } from 'node:crypto';
import type { FinalState } from '@bulkwatch/contract';
import { type ComposedEvent, composeEvent } from './compose-event.js';
import { manifestOf } from './events-of-change.js';
import { fromNewest } from './from-newest.js';
import type { RepublishResult } from './job-control.js';
import { present } from './job-record.js';
import type { JobRecord, UnopenableBytes } from './job-store.js';
import { keys } from './keys.js';
import { readManifest } from './read-jobs.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** A record with its end: a final state has an event of its name. */
type SettledRecord = JobRecord & { readonly state: FinalState; readonly settledAt: number };

const isSettled = (job: JobRecord): job is SettledRecord => job.settledAt !== undefined;

/**
 * Tells again that a job has settled. The event has the id and the time that it had, so whoever saw it can drop it;
 * the job in it is as it is now.
 */
export async function republishEvent(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<RepublishResult> {
  const nonce = randomUUID();
  const result = await fromNewest<RepublishResult>(context, { tenant, jobId }, async (job) => {
    if (!isSettled(job)) return { kind: 'refused', why: 'not-settled' };
    const event = await settlingEvent(context, job);
    if (event.kind === 'unopenable') return { kind: 'refused', why: 'sealed', keyId: event.keyId };
    const isDone = (await tellAgain(context, job, { event, nonce })) === 'republished';
    return isDone ? { kind: 'done', job, event: job.state } : undefined;
  });
  return result ?? { kind: 'refused', why: 'not-found' };
}

async function settlingEvent(
  context: StoreContext,
  job: SettledRecord,
): Promise<({ readonly kind: 'composed' } & ComposedEvent) | UnopenableBytes> {
  const stored = await readManifest(context, job.tenant, job.id);
  if (stored.kind === 'unopenable') return stored;
  const manifest = stored.kind === 'opened' ? stored.bytes : undefined;
  const { onlyByReference, eventOccurrence: occurrence } = job;
  const event = composeEvent({
    word: job.state,
    job,
    occurrence,
    at: job.refreshedAt ?? job.settledAt,
    ...(await manifestOf(present({ manifest, onlyByReference }), context)),
  });
  return { kind: 'composed', ...event };
}

async function tellAgain(
  context: StoreContext,
  { id, tenant, version }: JobRecord,
  { event, nonce }: { event: ComposedEvent; nonce: string },
): Promise<unknown> {
  const [kind] = await scripts.republish(
    context.redis,
    { job: keys.job(id), events: keys.events, tenantEvents: keys.tenantEvents(tenant) },
    {
      version,
      nonce,
      event: event.json,
      channel: event.channel,
      eventsMaxLength: context.limits.eventsMaxLength,
    },
  );
  return kind;
}
