import type { StoreContext } from '../store-context.js';
import type { WebhookStore } from '../webhook-store.js';

/** The webhooks of tenants, as the API knows them. */
export function createWebhookStore(_context: StoreContext): WebhookStore {
  const later = (): never => {
    throw new Error('webhooks are being built');
  };
  return {
    createEndpoint: later,
    endpoints: later,
    endpoint: later,
    amendEndpoint: later,
    removeEndpoint: later,
    rotateSecret: later,
    deliveries: later,
    test: later,
    replay: later,
    figures: later,
  };
}
