import { randomUUID } from 'node:crypto';
import { type WebhookTestEvent, webhookEvents } from '@bulkwatch/contract';
import { eventSource } from '../event-source.js';
import { recordDelivery, type WebhookContext } from './record-delivery.js';
import { readEndpoint } from './webhook-endpoints.js';
import { receiverOf } from './webhook-keys.js';

/** Has a test event posted to an endpoint, once. It is in no stream. Returns the id of the delivery. */
export async function testEndpoint(
  context: WebhookContext,
  tenant: string,
  endpointId: string,
): Promise<string | undefined> {
  const endpoint = await readEndpoint(context, tenant, endpointId);
  if (!endpoint) return undefined;
  const at = context.clock.now();
  const eventId = `${endpointId}.webhook-test.${randomUUID()}`;
  const { type } = webhookEvents['webhook-test'];
  const event = {
    specversion: '1.0',
    id: eventId,
    source: eventSource(tenant),
    type,
    subject: endpointId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { webhook: { endpointId, jobId: null, url: endpoint.url } },
  } satisfies WebhookTestEvent;
  const { id, outcome } = await recordDelivery(context, {
    target: { kind: 'endpoint', endpointId },
    receiverId: receiverOf.test(endpointId),
    tenant,
    at,
    entryId: '',
    eventId,
    type,
    body: JSON.stringify(event),
    isTest: true,
  });
  return outcome === 'gone' ? undefined : id;
}
