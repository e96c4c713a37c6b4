import type { MetricRow } from './metric-row.js';

/** The metrics of the events that the api sends; a part of the one table. */
export const subscriberMetrics = [
  {
    key: 'apiSubscribers',
    name: 'bulkwatch_api_subscribers',
    type: 'gauge',
    help: 'Connections that this api process sends events to (GET /v1/events).',
    labels: {},
    services: ['api'],
    neededFor: 'Operators: how near is BULKWATCH_API_SUBSCRIBERS_MAX?',
  },
  {
    key: 'apiSubscribersEndedTotal',
    name: 'bulkwatch_api_subscribers_ended_total',
    type: 'counter',
    help: 'Connections for events that ended, by why: the subscriber hung up, read too slowly, lost its key or token, missed events that were trimmed, or the api stopped.',
    labels: { cause: ['hung-up', 'slow', 'refused', 'missed', 'stopping'] },
    services: ['api'],
    neededFor: 'Operators: subscribers that cannot keep up.',
  },
  {
    key: 'apiSubscribersRefusedTotal',
    name: 'bulkwatch_api_subscribers_refused_total',
    type: 'counter',
    help: 'Connections for events that were refused because there were too many.',
    labels: {},
    services: ['api'],
    neededFor: 'Operators: raise BULKWATCH_API_SUBSCRIBERS_MAX, or add api processes.',
  },
] as const satisfies readonly MetricRow[];
