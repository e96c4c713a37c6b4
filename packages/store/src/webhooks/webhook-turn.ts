import { randomUUID } from 'node:crypto';
import { readTraceContext, type TraceContext } from '@bulkwatch/runtime';
import { numberOf, present } from '../job-record.js';
import { sealKeyId } from '../seal.js';
import { ask } from '../store-context.js';
import { StoreUnavailableError } from '../store-unavailable.js';
import type { WebhookContext } from './record-delivery.js';
import { openSecret, openUrl } from './webhook-fields.js';
import { receiverOf, type Target, targetKey, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** Where a delivery goes, in clear: only for the time of the request. */
export interface Destination {
  readonly url: string;
  /** All of them sign. */
  readonly secrets: readonly string[];
}

/** One delivery that is to be sent now, or why it is not. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly tenant: string;
  readonly target: Target;
  readonly eventId: string;
  readonly body: string;
  readonly isTest: boolean;
  readonly trace?: TraceContext;
  /** Attempts since it was recorded, or replayed. */
  readonly tries: number;
  /** URL of the target as it is shown. */
  readonly shownUrl: string;
  /** Of the target: since when all attempts have failed, epoch ms, and how many. */
  readonly failingSince?: number;
  readonly failures: number;
  readonly to:
    | ({ readonly kind: 'open' } & Destination)
    /** The target is disabled. */
    | { readonly kind: 'held' }
    /** The target or the event is gone. */
    | { readonly kind: 'gone' }
    /** A seal key is missing here, or what is sealed is damaged. */
    | { readonly kind: 'unopenable'; readonly keyId: string };
}

/** The right to send some deliveries to one receiver, and to nobody else any, for as long as the lease runs. */
export interface WebhookTurn {
  readonly receiverId: string;
  readonly epoch: number;
  /** Epoch ms, by Redis's clock. */
  readonly claimedAt: number;
  readonly deliveries: readonly ClaimedDelivery[];
}

/** Takes the turn of a receiver. Undefined where somebody has it, or nothing is due. */
export async function claimTurn(
  context: WebhookContext,
  receiverId: string,
  { most, leaseMs }: { readonly most: number; readonly leaseMs: number },
): Promise<WebhookTurn | undefined> {
  const [kind, epoch, now, ...ids] = await webhookScripts.claim(
    context.redis,
    {
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
    },
    {
      receiverId,
      nonce: randomUUID(),
      most,
      leaseMs,
      keepMs: context.limits.webhooks.logRetentionMs,
    },
  );
  if (kind !== 'claimed') return undefined;
  context.clock.observe(Number(now));
  const deliveries = await Promise.all(
    ids.map((id) => readUnlessDamaged(context, String(id), { receiverId, now: Number(now) })),
  );
  return { receiverId, epoch: Number(epoch), claimedAt: Number(now), deliveries };
}

type Hash = Readonly<Record<string, string | undefined>>;

/** A delivery whose record is damaged is gone; it is not to hold up those behind it. */
async function readUnlessDamaged(
  context: WebhookContext,
  id: string,
  of: { receiverId: string; now: number },
): Promise<ClaimedDelivery> {
  try {
    return await readClaimed(context, id, of);
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    context.onProblem('delivery to a webhook', new Error(`delivery ${id}`, { cause: error }));
    return goneDelivery(id, of.receiverId);
  }
}

async function readClaimed(
  context: WebhookContext,
  id: string,
  { receiverId, now }: { receiverId: string; now: number },
): Promise<ClaimedDelivery> {
  const { redis } = context;
  const delivery: Hash = await ask(redis.hgetall(webhookKeys.delivery(id)));
  const { tenant, endpointId = receiverId, jobId = '' } = delivery;
  const target: Target =
    delivery['target'] === 'job' ? { kind: 'job', jobId } : { kind: 'endpoint', endpointId };
  const [body, record] = await Promise.all([
    ask(redis.hget(webhookKeys.body(delivery['bodyId'] ?? ''), 'json')),
    readTarget(context, target),
  ]);
  if (body === null || tenant === undefined || record['tenant'] !== tenant)
    return goneDelivery(id, receiverId);
  const isTest = delivery['isTest'] === '1';
  return {
    id,
    tenant,
    target,
    isTest,
    body,
    eventId: delivery['eventId'] ?? '',
    tries: Number(delivery['tries'] ?? 0),
    shownUrl: record['webhookUrl'] ?? '',
    failures: Number(record['webhookFailures'] ?? 0),
    ...present({
      failingSince: numberOf(record['webhookFailingSince']),
      trace: readTraceContext(delivery['traceparent'], delivery['tracestate']),
    }),
    to: destinationOf(context, { tenant, target, isTest, now }, record),
  };
}

/** One of which only the id is left. */
const goneDelivery = (id: string, receiverId: string): ClaimedDelivery => ({
  id,
  tenant: '',
  target: { kind: 'endpoint', endpointId: receiverId },
  isTest: false,
  body: '',
  eventId: '',
  tries: 0,
  shownUrl: '',
  failures: 0,
  to: { kind: 'gone' },
});

const targetFields = [
  'tenant',
  'webhookUrl',
  'sealedWebhookUrl',
  'sealedWebhookSecret',
  'sealedPreviousSecret',
  'previousSecretUntil',
  'webhookDisabledAt',
  'webhookFailingSince',
  'webhookFailures',
] as const;

async function readTarget({ redis }: WebhookContext, target: Target): Promise<Hash> {
  const values = await ask(redis.hmget(targetKey(target), ...targetFields));
  return Object.fromEntries(targetFields.map((field, at) => [field, values[at] ?? undefined]));
}

function destinationOf(
  { sealer }: WebhookContext,
  of: { tenant: string; target: Target; isTest: boolean; now: number },
  record: Hash,
): ClaimedDelivery['to'] {
  const { tenant, target, isTest, now } = of;
  const sealedUrl = record['sealedWebhookUrl'];
  const sealedSecret = record['sealedWebhookSecret'];
  if (sealedUrl === undefined || sealedSecret === undefined) return { kind: 'gone' };
  if (record['webhookDisabledAt'] !== undefined && !isTest) return { kind: 'held' };
  const owner = { tenant, id: target.kind === 'endpoint' ? target.endpointId : target.jobId };
  const url = openUrl(sealer, owner, sealedUrl);
  const secret = openSecret(sealer, owner, sealedSecret);
  if (url === undefined || secret === undefined)
    return { kind: 'unopenable', keyId: sealKeyId(sealedSecret) ?? 'none' };
  const signsToo = Number(record['previousSecretUntil'] ?? 0) > now;
  const previous = signsToo && openSecret(sealer, owner, record['sealedPreviousSecret'] ?? '');
  return { kind: 'open', url, secrets: [...secret.split(' '), ...(previous ? [previous] : [])] };
}

/** Whether what is pending at a receiver is one target's alone. */
export const isExclusive = (receiverId: string, { target }: Pick<ClaimedDelivery, 'target'>) =>
  target.kind === 'endpoint' && receiverId === receiverOf.endpoint(target.endpointId);
