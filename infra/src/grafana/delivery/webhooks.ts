import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { fleetWide, quantile, rate, series } from '../promql.js';

export const webhooks: Section = {
  title: 'Webhooks',
  panels: [
    timeseries({
      title: 'Events that are posted, by what comes of it',
      description:
        'Attempts to post an event to a receiver. Whatever is no success is tried again.',
      unit: 'reqps',
      queries: [[rate(series('bulkwatch_webhook_attempts_total'), 'outcome'), '{{outcome}}']],
    }),
    timeseries({
      title: 'Time until a receiver answers',
      description: 'From sending an event to the head of the answer: are receivers slow?',
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_webhook_attempt_duration_seconds'), 'p50'],
        [quantile(0.99, 'bulkwatch_webhook_attempt_duration_seconds'), 'p99'],
      ],
    }),
    timeseries({
      title: 'Deliveries that ended',
      description: 'failed and held were not taken by their receiver, and can be replayed.',
      unit: 'cps',
      queries: [[rate(series('bulkwatch_webhook_deliveries_total'), 'outcome'), '{{outcome}}']],
    }),
    timeseries({
      title: 'Deliveries that are still to be made',
      description: 'Those that wait for their time, and those that are tried again.',
      unit: 'short',
      width: 6,
      queries: [[fleetWide(series('bulkwatch_webhook_deliveries_pending')), 'pending']],
    }),
    timeseries({
      title: 'Oldest delivery past its time',
      description: 'For how long it should have been attempted, where nothing holds it back.',
      unit: 's',
      width: 6,
      queries: [[fleetWide(series('bulkwatch_webhook_oldest_overdue_age_seconds')), 'oldest']],
    }),
    timeseries({
      title: 'Webhooks that get nothing',
      description: 'Those that fail are tried less and less often, and disabled after some days.',
      unit: 'short',
      width: 6,
      queries: [
        [fleetWide(series('bulkwatch_webhooks_failing')), 'failing'],
        [fleetWide(series('bulkwatch_webhooks_disabled')), 'disabled'],
        [
          `sum(increase(${series('bulkwatch_webhooks_disabled_total')}[$__rate_interval]))`,
          'became disabled',
        ],
      ],
    }),
    timeseries({
      title: 'Longest failing webhook',
      description: 'For how long all attempts have failed: how near is it to being disabled?',
      unit: 's',
      width: 6,
      queries: [[fleetWide(series('bulkwatch_webhook_longest_failing_seconds')), 'longest']],
    }),
  ],
};
