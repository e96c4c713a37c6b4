import { row, timeseries } from '../panels.mjs';
import { rate } from '../promql.mjs';

export const webhooks = [
  row('Webhooks'),
  timeseries({
    title: 'Events that are posted, by what comes of it',
    description: 'Attempts to post an event to a receiver. Whatever is no success is tried again.',
    unit: 'reqps',
    width: 8,
    queries: [[rate('bulkwatch_webhook_attempts_total', 'outcome'), '{{outcome}}']],
  }),
  timeseries({
    title: 'Deliveries that are still to be made',
    description:
      'All of them, and for how long the one that should have been attempted first is past its time.',
    unit: 'short',
    width: 8,
    queries: [
      ['max(bulkwatch_webhook_deliveries_pending)', 'pending'],
      ['max(bulkwatch_webhook_oldest_overdue_age_seconds)', 'oldest, seconds past its time'],
    ],
  }),
  timeseries({
    title: 'Webhooks that get nothing',
    description: 'Those that fail are tried less and less often, and disabled after some days.',
    unit: 'short',
    width: 8,
    queries: [
      ['max(bulkwatch_webhooks_failing)', 'failing'],
      ['max(bulkwatch_webhooks_disabled)', 'disabled'],
    ],
  }),
];
