import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { fleetWide, ofProcess, rate, series } from '../promql.js';

export const workers: Section = {
  title: 'Workers and their queues',
  panels: [
    timeseries({
      title: 'Workers: how full they are',
      description:
        'Wake-ups under way, of as many as a worker takes at once. At 100 % add workers.',
      unit: 'percentunit',
      queries: [
        [
          `${ofProcess('bulkwatch_polls_in_flight')} / ${ofProcess('bulkwatch_worker_concurrency')}`,
          '{{instance}}',
        ],
      ],
    }),
    timeseries({
      title: 'Entries of the queue of polls',
      description: 'Nearly all are delayed on purpose. What waits should be polled now.',
      unit: 'short',
      queries: [
        [fleetWide(series('bulkwatch_queue_entries', { queue: 'wake-ups' }), 'state'), '{{state}}'],
      ],
    }),
    timeseries({
      title: 'Entries of the queue of webhooks',
      description: 'Turns of receivers. What waits should be posted now.',
      unit: 'short',
      queries: [
        [fleetWide(series('bulkwatch_queue_entries', { queue: 'webhooks' }), 'state'), '{{state}}'],
      ],
    }),
    timeseries({
      title: 'Wake-ups that did not poll',
      description:
        'early and settled are everyday; superseded: doubled wake-ups; abandoned: a process was paused.',
      unit: 'cps',
      queries: [
        [rate(series('bulkwatch_claims_total', { result: '!="claimed"' }), 'result'), '{{result}}'],
        [rate(series('bulkwatch_stale_results_total')), 'stale results'],
      ],
    }),
    timeseries({
      title: 'Jobs put back into the queue',
      description: 'Their entry was lost. Now and then after a crash; steadily is a fault.',
      unit: 'cps',
      queries: [[rate(series('bulkwatch_rescues_total')), 'rescued']],
    }),
    timeseries({
      title: 'Who collects the figures of the fleet',
      description: 'One worker is elected for it; how often it changed.',
      unit: 'short',
      queries: [
        [series('bulkwatch_collector_up'), '{{instance}}'],
        [
          `sum(increase(${series('bulkwatch_collector_changes_total')}[$__rate_interval]))`,
          'changes',
        ],
      ],
    }),
  ],
};
