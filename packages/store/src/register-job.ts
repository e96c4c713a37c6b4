import { v7 as uuidv7 } from 'uuid';
import { encodeSubscribers } from './acknowledgement-fields.js';
import { composeEvent } from './compose-event.js';
import { decodeJobRecord, toFields } from './job-record.js';
import type { JobRecord, NewJob, RegisterResult, WakeUp } from './job-store.js';
import { keys } from './keys.js';
import { readJob } from './read-jobs.js';
import { ring } from './ring.js';
import { scripts } from './scripts.js';
import { sealToken, statusUrlFields } from './sealed-fields.js';
import type { StoreContext } from './store-context.js';
import { StoreUnavailableError } from './store-unavailable.js';
import { yielding } from './wake-up-queue.js';
import { jobWebhookFields } from './webhooks/webhook-fields.js';
import { webhookKeys } from './webhooks/webhook-keys.js';

/** An Idempotency-Key is remembered for a day. */
const idempotencyMs = 24 * 60 * 60 * 1000;

/**
 * Begins to track a status URL, once per tenant and status URL while the job is open. The script alone makes the
 * registration durable; should its wake-up get lost, the rescuer makes another.
 */
export async function registerJob(
  context: StoreContext,
  tenant: string,
  job: NewJob,
): Promise<RegisterResult> {
  const jobId = uuidv7();
  const fields = recordFields(context, tenant, jobId, job);
  const registered = decodeJobRecord(jobId, stringsOf(fields));
  const event = composeEvent({
    word: 'registered',
    job: registered,
    occurrence: 0,
    at: registered.registeredAt,
  });

  const [kind, id, now, openJobs] = await scripts.register(
    context.redis,
    {
      job: keys.job(jobId),
      openJob: keys.openJob(registered),
      due: keys.due,
      events: keys.events,
      index: keys.index(tenant),
      idempotency: keys.idempotency(tenant, job.idempotency?.key ?? ''),
      tenants: keys.tenants,
      tenantEvents: keys.tenantEvents(tenant),
      providersIndex: keys.providersIndex,
      provider: keys.provider(job.provider),
      webhooks: webhookKeys.webhooks,
    },
    {
      jobId,
      tenant,
      firstDelayMs: job.firstDelayMs,
      event: event.json,
      channel: event.channel,
      eventsMaxLength: context.limits.eventsMaxLength,
      fingerprints: job.idempotency
        ? context.fingerprintsOf(job.idempotency.fingerprint).join(' ')
        : '',
      idempotencyMs,
      origin: job.provider,
      webhook: job.webhook ? 1 : '',
    },
    toFields({ ...fields, dueAt: undefined, version: undefined }),
  );
  context.clock.observe(Number(now));
  const dueAt = Number(now) + job.firstDelayMs;
  return kind === 'created'
    ? created(
        context,
        { ...registered, dueAt, ...(job.firstDelayMs > 0 ? { retryAfterUntil: dueAt } : {}) },
        { delayMs: job.firstDelayMs, ...yielding(openJobs) },
      )
    : existing(context, tenant, kind, String(id));
}

async function created(
  context: StoreContext,
  job: JobRecord,
  wakeUp: Pick<WakeUp, 'delayMs' | 'yields'>,
): Promise<RegisterResult> {
  await ring(context, { jobId: job.id, wake: 1, ...wakeUp });
  return { kind: 'created', job };
}

async function existing(
  context: StoreContext,
  tenant: string,
  kind: unknown,
  id: string,
): Promise<RegisterResult> {
  if (kind === 'idempotency-key-reused') return { kind };
  const job = await readJob(context, tenant, id);
  // Redis has lost it since, as by a power cut under `fast`: to be registered again.
  if (!job) throw new StoreUnavailableError();
  return { kind: 'existing', job };
}

function recordFields(context: StoreContext, tenant: string, jobId: string, job: NewJob) {
  const registeredAt = context.clock.now();
  const record = { tenant, jobId, provider: job.provider };
  return {
    tenant,
    ...statusUrlFields(context.sealer, record, job.statusUrl),
    protocol: job.protocol,
    preset: job.preset,
    provider: job.provider,
    credential: job.credential,
    sealedToken: sealToken(context.sealer, record, job.bearerToken),
    hadToken: job.bearerToken === undefined ? undefined : 1,
    labels: Object.keys(job.labels).length > 0 ? JSON.stringify(job.labels) : undefined,
    reference: job.reference,
    ...job.trace,
    deleteOnAcknowledge: job.deleteOnAcknowledge ? 1 : undefined,
    requiredSubscribers: encodeSubscribers(job.requiredSubscribers),
    ...(job.webhook && jobWebhookFields(context.sealer, { tenant, id: jobId }, job.webhook)),
    // The kick-off's Retry-After is the first that is known of this export.
    retryAfterMs: job.firstDelayMs || undefined,
    registeredAt,
    kickedOffAt: job.kickedOffAt,
    deadlineAt:
      job.deadlineAt ?? registeredAt + (job.deadlineMs ?? context.limits.trackingDeadlineMs),
    state: 'registered',
    dueAt: registeredAt + job.firstDelayMs,
    version: 1,
  };
}

const stringsOf = (fields: Readonly<Record<string, string | number | undefined>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      value === undefined ? undefined : String(value),
    ]),
  );
