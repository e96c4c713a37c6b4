import type { ReasonRow } from './reason-row.js';

/** The part of the table of reasons with which the API answers who asks for webhooks. */
export const webhookReasons = {
  'webhook-not-allowed': {
    verdict: 'caller',
    status: 422,
    title: 'Events may not be posted to this URL.',
    action: 'Add its origin to BULKWATCH_WEBHOOK_ORIGINS, or to webhookOrigins of the tenant.',
  },
  'webhook-endpoint-not-found': {
    verdict: 'caller',
    status: 404,
    title: 'There is no such webhook endpoint.',
    action: 'Check the id.',
  },
  'webhook-delivery-not-found': {
    verdict: 'caller',
    status: 404,
    title: 'The webhook has no such delivery, or its log keeps it no longer.',
    action: 'Check the id, or replay by since what the event stream still has.',
  },
  'too-many-webhook-endpoints': {
    verdict: 'caller',
    status: 409,
    title: 'The tenant has as many webhook endpoints as it may have.',
    action: 'Delete one, or raise BULKWATCH_WEBHOOK_ENDPOINTS_MAX.',
  },
  'webhook-disabled': {
    verdict: 'caller',
    status: 409,
    title: 'The webhook is disabled, so nothing is sent to it.',
    action: 'Enable it first.',
  },
} as const satisfies Record<string, ReasonRow>;
