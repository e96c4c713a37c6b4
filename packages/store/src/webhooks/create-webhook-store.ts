import type { WebhookStore } from '../webhook-store.js';
import { readDeliveries } from './delivery-log.js';
import type { WebhookContext } from './record-delivery.js';
import { replayDeliveries } from './replay-deliveries.js';
import { testEndpoint } from './test-delivery.js';
import {
  amendEndpoint,
  createEndpoint,
  readEndpoint,
  readEndpoints,
  removeEndpoint,
  rotateSecret,
} from './webhook-endpoints.js';
import { readWebhookFigures } from './webhook-figures.js';

/** The webhooks of tenants, as the API knows them. */
export const createWebhookStore = (context: WebhookContext): WebhookStore => ({
  createEndpoint: (tenant, endpoint) => createEndpoint(context, tenant, endpoint),
  endpoints: (tenant) => readEndpoints(context, tenant),
  endpoint: (tenant, endpointId) => readEndpoint(context, tenant, endpointId),
  amendEndpoint: (tenant, endpointId, amendment) =>
    amendEndpoint(context, tenant, { endpointId, amendment }),
  removeEndpoint: (tenant, endpointId) => removeEndpoint(context, tenant, endpointId),
  rotateSecret: (tenant, endpointId, overlapMs) =>
    rotateSecret(context, tenant, { endpointId, overlapMs }),
  deliveries: (tenant, of, filter) => readDeliveries(context, tenant, of, filter),
  test: (tenant, endpointId) => testEndpoint(context, tenant, endpointId),
  replay: (tenant, endpointId, selection) =>
    replayDeliveries(context, tenant, endpointId, selection),
  figures: () => readWebhookFigures(context),
});
