import { type EventType, events, eventWords } from './events.js';

/**
 * The events of webhooks themselves. They tell of no job, so they are no export events: whoever names no types is
 * not sent them. `streamed` marks those that are in the event stream; the others are only posted to an endpoint.
 */
export const webhookEvents = {
  'webhook-disabled': {
    type: 'bulkwatch.webhook.disabled',
    channel: 'bulkwatch:events:disabled',
    streamed: true,
    meaning:
      'A webhook is sent nothing any more: all attempts have failed for too long, or its receiver answered 410.',
  },
  'webhook-test': {
    type: 'bulkwatch.webhook.test',
    channel: null,
    streamed: false,
    meaning: 'Somebody asked for a test delivery to an endpoint.',
  },
} as const;
export type WebhookEventWord = keyof typeof webhookEvents;
export type WebhookEventType = (typeof webhookEvents)[WebhookEventWord]['type'];

/** Types of events that an endpoint, or a job's webhook, can be sent. */
export const deliverableTypes = [
  webhookEvents['webhook-disabled'].type,
  ...eventWords.map((word) => events[word].type),
] as const;
export type DeliverableType = EventType | (typeof webhookEvents)['webhook-disabled']['type'];

/** Whether a webhook that names these types is sent an event; without types it is sent all export events. */
export const wantsType = (
  types: readonly DeliverableType[] | null | undefined,
  type: string,
): boolean => {
  const asked: readonly string[] = types ?? exportTypes;
  return asked.includes(type);
};

const exportTypes: readonly string[] = eventWords.map((word) => events[word].type);
