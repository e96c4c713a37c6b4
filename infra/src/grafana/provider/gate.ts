import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { fleetWide, series } from '../promql.js';
import { chosen } from './chosen.js';

export const gate: Section = {
  title: 'Its pace and its gate',
  panels: [
    timeseries({
      title: 'Requests under way',
      description: 'Over all workers, and how many there may be. At the limit, polls have to wait.',
      unit: 'short',
      queries: [
        [fleetWide(series('bulkwatch_provider_requests_in_flight', chosen)), 'under way'],
        [fleetWide(series('bulkwatch_provider_request_limit', chosen)), 'limit'],
      ],
    }),
    timeseries({
      title: 'Polls per second, and their limit',
      description: 'Near the limit, jobs are polled later than they could be.',
      unit: 'reqps',
      queries: [
        [
          `sum(${fleetWide(`rate(${series('bulkwatch_provider_polls_total', chosen)}[$__rate_interval])`, 'kind')})`,
          'polls',
        ],
        [fleetWide(series('bulkwatch_provider_rate_limit', chosen)), 'limit'],
      ],
    }),
    timeseries({
      title: 'Open jobs and what they wait for',
      description: 'How many exports are tracked, and the wait that the provider asked for last.',
      unit: 'short',
      queries: [
        [fleetWide(series('bulkwatch_provider_open_jobs', chosen)), 'open jobs'],
        [fleetWide(series('bulkwatch_provider_retry_after_seconds', chosen)), 'Retry-After, s'],
      ],
    }),
    timeseries({
      title: 'Out and paused over time',
      description: '1 while it was out, or while an operator had it paused.',
      unit: 'bool_yes_no',
      queries: [
        [fleetWide(series('bulkwatch_provider_circuit_open', chosen)), 'out'],
        [fleetWide(series('bulkwatch_provider_paused', chosen)), 'paused'],
      ],
    }),
    timeseries({
      title: 'Circuits opened and closed, of all providers',
      description: 'Providers that were found to be out, or back again.',
      unit: 'cps',
      queries: [
        [
          `sum by (change) (rate(${series('bulkwatch_circuit_changes_total')}[$__rate_interval]))`,
          '{{change}}',
        ],
      ],
    }),
    timeseries({
      title: 'Polls held back, of all providers',
      description: 'Wake-ups that had to wait, by the limit, pause or outage that held them.',
      unit: 'reqps',
      queries: [
        [
          `sum by (hold) (rate(${series('bulkwatch_polls_held_total')}[$__rate_interval]))`,
          '{{hold}}',
        ],
      ],
    }),
  ],
};
