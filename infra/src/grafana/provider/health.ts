import type { Section } from '../dashboard.js';
import { badFrom, stat } from '../panels.js';
import { fleetWide, series } from '../promql.js';
import { chosen } from './chosen.js';

export const health: Section = {
  title: '$provider',
  panels: [
    stat({
      title: 'Open jobs',
      description: 'Exports of this provider that are being tracked and have not ended.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_provider_open_jobs', chosen)), 'open']],
    }),
    stat({
      title: 'Is it out?',
      description:
        'A provider that failed so often in a row that it is only probed, until it answers again.',
      unit: 'none',
      words: { 0: 'no', 1: 'out' },
      colours: badFrom(1),
      queries: [[fleetWide(series('bulkwatch_provider_circuit_open', chosen)), 'out']],
    }),
    stat({
      title: 'Is it paused?',
      description: 'Whether an operator has paused it: nothing is sent to it meanwhile.',
      unit: 'none',
      words: { 0: 'no', 1: 'paused' },
      colours: badFrom(1),
      queries: [[fleetWide(series('bulkwatch_provider_paused', chosen)), 'paused']],
    }),
    stat({
      title: 'Its last Retry-After',
      description: 'The wait that it asked for last, as it was applied.',
      unit: 's',
      queries: [[fleetWide(series('bulkwatch_provider_retry_after_seconds', chosen)), 'wait']],
    }),
    stat({
      title: 'Requests at once',
      description: 'How many requests may be under way to it. other has no limit of its own.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_provider_request_limit', chosen)), 'limit']],
    }),
    stat({
      title: 'Requests per second',
      description: 'How many requests it is sent at most. other has no limit of its own.',
      unit: 'reqps',
      queries: [[fleetWide(series('bulkwatch_provider_rate_limit', chosen)), 'limit']],
    }),
  ],
};
