import type { ExportEvent } from '@bulkwatch/contract';
import { type ExpiryStep, expiryStep } from '@bulkwatch/core';
import { type ComposedEvent, composeEvent } from './compose-event.js';
import { fromNewest } from './from-newest.js';
import { present } from './job-record.js';
import type { JobRecord } from './job-store.js';
import type { ToldExpiry } from './job-upkeep.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';
import { StoreUnavailableError } from './store-unavailable.js';

/** Jobs looked at in one go, and in one run. */
const pageSize = 100;
const runMax = 100_000;

/**
 * Tells subscribers of every completed job whose files expire soon, or have expired, by Redis's clock. Several may do
 * so at once; each telling is one script that only the first of them wins.
 */
export async function tellExpiries(
  context: StoreContext,
  onTold: (told: ToldExpiry) => void,
): Promise<void> {
  // Jobs that cannot be looked at stay first in line.
  let failedCount = 0;
  for (let looked = 0; looked < runMax; looked += pageSize) {
    const [now, ...found] = await scripts.findExpiring(
      context.redis,
      { expiry: keys.expiry, jobs: keys.jobs },
      { offset: failedCount, limit: pageSize },
    );
    const jobs = pairsOf(found.map(String));
    const outcomes = await Promise.all(jobs.map((job) => lookAt(context, job, Number(now))));
    for (const { told } of outcomes) if (told) onTold(told);
    failedCount += outcomes.filter(({ failed }) => failed).length;
    if (jobs.length < pageSize) return;
  }
}

interface Found {
  readonly jobId: string;
  readonly tenant: string;
}

const pairsOf = (texts: readonly string[]): Found[] =>
  texts.flatMap((jobId, index) =>
    index % 2 === 0 ? [{ jobId, tenant: texts[index + 1] ?? '' }] : [],
  );

interface Look {
  readonly told?: ToldExpiry;
  readonly failed?: true;
}

/** A record that somebody has damaged keeps no other from being told of. */
async function lookAt(context: StoreContext, found: Found, now: number): Promise<Look> {
  try {
    let at = now;
    const look = await fromNewest<Look>(context, found, async (job) => {
      const tried = await step(context, job, at);
      if (!('changedAt' in tried)) return tried;
      at = tried.changedAt;
      return undefined;
    });
    return look ?? (await forget(context, found.jobId));
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    const cause = new Error(`job ${found.jobId}`, { cause: error });
    context.onProblem('expiry of one job', cause);
    return { failed: true };
  }
}

async function step(
  context: StoreContext,
  job: JobRecord,
  now: number,
): Promise<Look | { readonly changedAt: number }> {
  const next = stepOf(context, job, now);
  const isTold = next.tell === 'expiring' || next.tell === 'expired';
  const event = isTold ? eventOf(job, next, now) : undefined;
  const [kind, changedAt] = await scripts.tellExpiry(
    context.redis,
    {
      job: keys.job(job.id),
      expiry: keys.expiry,
      expiring: keys.expiring,
      events: keys.events,
      tenantEvents: keys.tenantEvents(job.tenant),
    },
    {
      jobId: job.id,
      version: job.version,
      told: isTold ? `${job.expiresAt}-${thresholdOf(next)}` : '',
      lookAt: 'lookAt' in next ? next.lookAt : '',
      expiringAt: waitsInVain(context, job, next, now) ? (job.expiresAt ?? '') : '',
      event: event?.json ?? '',
      channel: event?.channel ?? '',
      eventsMaxLength: context.limits.eventsMaxLength,
    },
  );
  if (kind === 'changed') return { changedAt: Number(changedAt) };
  return kind === 'told' && isTold
    ? { told: { event: next.tell, acknowledgement: acknowledgementOf(job) } }
    : {};
}

function stepOf({ limits }: StoreContext, job: JobRecord, now: number): ExpiryStep {
  const { expiresAt, expiryToldMs: toldMs, acknowledgedAt, deletedAtProviderAt } = job;
  // No files are left that could expire.
  if (expiresAt === undefined || deletedAtProviderAt !== undefined) return { tell: 'no-more' };
  const isAcknowledged = acknowledgedAt !== undefined;
  const clock = { expiresAt, isAcknowledged, ...present({ toldMs }) };
  return expiryStep(clock, limits.expiringThresholdsMs, now);
}

const thresholdOf = (next: ExpiryStep): number => (next.tell === 'expiring' ? next.thresholdMs : 0);

/** For the metric: it expires soon, and somebody is waited for. */
function waitsInVain(
  { limits }: StoreContext,
  job: JobRecord,
  next: ExpiryStep,
  now: number,
): boolean {
  const aheadMs = Math.max(0, ...limits.expiringThresholdsMs);
  const isSoon = 'lookAt' in next && now >= (job.expiresAt ?? 0) - aheadMs;
  return isSoon && acknowledgementOf(job) === 'missing';
}

function acknowledgementOf(job: JobRecord): ToldExpiry['acknowledgement'] {
  if (job.acknowledgedAt !== undefined) return 'given';
  return job.requiredSubscribers || job.deleteOnAcknowledge ? 'missing' : 'unasked';
}

function eventOf(
  job: JobRecord,
  next: Extract<ExpiryStep, { readonly tell: 'expiring' | 'expired' }>,
  at: number,
): ComposedEvent {
  const { expiresAt = at, expiryAssumed: assumed } = job;
  const expiry: ExportEvent['data']['expiry'] = {
    expiresAt: new Date(expiresAt).toISOString(),
    assumed,
    remainingSeconds: Math.max(0, Math.round((expiresAt - at) / 1000)),
    ...(next.tell === 'expiring' ? { thresholdSeconds: next.thresholdMs / 1000 } : {}),
  };
  const suffix = next.tell === 'expiring' ? `-${next.thresholdMs / 1000}` : '';
  return composeEvent({
    word: next.tell,
    job: { ...job, expiryToldMs: thresholdOf(next) },
    occurrence: `${expiresAt}${suffix}`,
    at,
    says: { expiry },
  });
}

/** Of a job that is gone nothing expires. */
async function forget({ redis }: StoreContext, jobId: string): Promise<Look> {
  const gone = { version: '', told: '', lookAt: '', expiringAt: '', event: '', channel: '' };
  await scripts.tellExpiry(
    redis,
    {
      job: keys.job(jobId),
      expiry: keys.expiry,
      expiring: keys.expiring,
      events: keys.events,
      tenantEvents: keys.events,
    },
    { jobId, ...gone, eventsMaxLength: 0 },
  );
  return {};
}
