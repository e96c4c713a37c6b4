import { type WebhookEndpoint, wantsType } from '@bulkwatch/contract';
import { keys } from '../keys.js';
import { ask } from '../store-context.js';
import { StoreUnavailableError } from '../store-unavailable.js';
import { type NewDelivery, recordDelivery, type WebhookContext } from './record-delivery.js';
import { shortenLog } from './shorten-log.js';
import { bodyOf, type EventToDeliver, readEvent } from './streamed-event.js';
import { readEndpoints } from './webhook-endpoints.js';
import type { FeedEntry } from './webhook-feed.js';
import { receiverOf, webhookKeys } from './webhook-keys.js';
import { jobWebhookOf } from './webhook-view.js';

/** Records deliveries for entries of the stream, so that these can be acknowledged. Returns how many. */
export type DispatchEvents = (entries: readonly FeedEntry[]) => Promise<number>;

/** Deliveries that are recorded at the same time: polls ask the same Redis. */
const together = 16;
const tenantsMax = 10_000;

/** Endpoints are remembered from batch to batch, until one of them changes. */
export function createDispatch(context: WebhookContext): DispatchEvents {
  const known = new Map<string, Promise<readonly WebhookEndpoint[]>>();
  let knownVersion: string | null = null;

  const endpointsOf = (tenant: string): Promise<readonly WebhookEndpoint[]> => {
    const endpoints = known.get(tenant) ?? readEndpoints(context, tenant);
    // Nobody may come to wait for it.
    endpoints.catch(() => known.delete(tenant));
    if (known.size > tenantsMax) known.clear();
    known.set(tenant, endpoints);
    return endpoints;
  };

  return async (entries) => {
    // Asked after the entries were read: an endpoint that was made before an event is seen with it.
    const version = await ask(context.redis.hget(webhookKeys.webhooks, 'version'));
    if (version !== knownVersion) known.clear();
    knownVersion = version;
    try {
      return await dispatch(context, entries, endpointsOf);
    } catch (error) {
      known.clear();
      throw error;
    }
  };
}

async function dispatch(
  context: WebhookContext,
  entries: readonly FeedEntry[],
  endpointsOf: (tenant: string) => Promise<readonly WebhookEndpoint[]>,
): Promise<number> {
  const events = entries.flatMap(({ id, json }) => {
    const event = json === undefined ? undefined : readEvent(id, json);
    if (!event) context.onProblem('event stream', new Error(`the entry ${id} is no event`));
    return event ?? [];
  });
  const found = await Promise.all(
    events.map((event) =>
      passing(context, event.entryId, deliveriesOf(context, event, endpointsOf)),
    ),
  );
  const deliveries = found.flatMap((some) => some ?? []);
  let recorded = 0;
  for (let from = 0; from < deliveries.length; from += together) {
    const some = deliveries.slice(from, from + together);
    const outcomes = await Promise.all(
      some.map((one) => passing(context, one.entryId, recordDelivery(context, one))),
    );
    recorded += outcomes.filter((outcome) => outcome?.outcome === 'recorded').length;
  }
  const endpointIds = deliveries.flatMap(({ target }) =>
    target.kind === 'endpoint' ? target.endpointId : [],
  );
  await Promise.all([...new Set(endpointIds)].map((id) => shortenLog(context, id)));
  return recorded;
}

/** What cannot be done for one event, because a record is damaged, keeps no other event from its way. */
async function passing<T>(
  { onProblem }: WebhookContext,
  entryId: string,
  step: Promise<T>,
): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    onProblem('event for webhooks', new Error(`the entry ${entryId}`, { cause: error }));
    return undefined;
  }
}

async function deliveriesOf(
  context: WebhookContext,
  event: EventToDeliver,
  endpointsOf: (tenant: string) => Promise<readonly WebhookEndpoint[]>,
): Promise<NewDelivery[]> {
  const endpoints = (await endpointsOf(event.tenant)).filter((one) => isFor(one, event));
  const own = await jobDelivery(context, event);
  if (endpoints.length === 0 && !own) return [];
  const body = bodyOf(event, context.limits.webhooks.bodyMaxBytes);
  return [
    ...endpoints.map(({ id }) => endpointDelivery(id, event, body)),
    ...(own ? [{ ...own, body }] : []),
  ];
}

/** Whether an endpoint is sent an event: its type is asked for, and its job carries the labels. */
export const isFor = (
  { types, labels }: Pick<WebhookEndpoint, 'types' | 'labels'>,
  event: Pick<EventToDeliver, 'type' | 'labels'>,
): boolean =>
  wantsType(types, event.type) &&
  Object.entries(labels).every(
    ([name, value]) => Object.hasOwn(event.labels, name) && event.labels[name] === value,
  );

const occurrenceOf = ({ tenant, entryId, eventId, type, jobId, trace }: EventToDeliver) => ({
  at: Number(entryId.split('-', 1)[0]),
  tenant,
  entryId,
  eventId,
  type,
  jobId,
  trace,
});

export const endpointDelivery = (
  endpointId: string,
  event: EventToDeliver,
  body: string,
): NewDelivery => ({
  ...occurrenceOf(event),
  target: { kind: 'endpoint', endpointId },
  receiverId: receiverOf.endpoint(endpointId),
  body,
});

/**
 * The delivery to the webhook of the job itself, if it has one that wants the event. The record is asked, not the event:
 * a webhook that was given while the event was being made is not in it.
 */
async function jobDelivery({ redis }: WebhookContext, event: EventToDeliver) {
  const { tenant, jobId } = event;
  if (jobId === undefined) return undefined;
  const names = ['tenant', 'webhookUrl', 'webhookTypes'] as const;
  const values = await ask(redis.hmget(keys.job(jobId), ...names));
  const hash = Object.fromEntries(names.map((name, at) => [name, values[at] ?? undefined]));
  const webhook = hash['tenant'] === tenant ? jobWebhookOf(hash) : undefined;
  if (!webhook || !wantsType(webhook.types, event.type)) return undefined;
  const receiverId = receiverOf.jobs(tenant, webhook.url);
  return { ...occurrenceOf(event), target: { kind: 'job', jobId } as const, receiverId };
}
