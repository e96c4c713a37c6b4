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
      width: 6,
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
      width: 6,
      queries: [
        [fleetWide(series('bulkwatch_queue_entries', { queue: 'wake-ups' }), 'state'), '{{state}}'],
      ],
    }),
    timeseries({
      title: 'Entries of the queue of webhooks',
      description: 'Turns of receivers. What waits should be posted now.',
      unit: 'short',
      width: 6,
      queries: [
        [fleetWide(series('bulkwatch_queue_entries', { queue: 'webhooks' }), 'state'), '{{state}}'],
      ],
    }),
    timeseries({
      title: 'Wake-ups that did not poll',
      description:
        'early and settled are everyday; superseded: doubled wake-ups; abandoned: a process was paused.',
      unit: 'cps',
      width: 6,
      queries: [
        [
          rate(ofProcess('bulkwatch_claims_total', { result: '!="claimed"' }), 'result'),
          '{{result}}',
        ],
        [rate(ofProcess('bulkwatch_stale_results_total')), 'stale results'],
      ],
    }),
    timeseries({
      title: 'Jobs put back into the queue',
      description: 'Their entry was lost. Now and then after a crash; steadily is a fault.',
      unit: 'cps',
      width: 6,
      queries: [[rate(ofProcess('bulkwatch_rescues_total')), 'rescued']],
    }),
    timeseries({
      title: 'Engines made anew',
      description:
        'Found dead in a process that lived: idle fetched nothing while entries waited, silent had no answer from Redis.',
      unit: 'cps',
      width: 6,
      queries: [[rate(ofProcess('bulkwatch_engine_restarts_total'), 'cause'), '{{cause}}']],
    }),
    timeseries({
      title: 'Workers that are stuck',
      description:
        'Yes where an engine is dead although it was made anew: /livez fails, so that the process is restarted.',
      unit: 'bool_yes_no',
      width: 6,
      queries: [[ofProcess('bulkwatch_worker_stuck'), '{{instance}}']],
    }),
    timeseries({
      title: 'Who collects the figures of the fleet',
      description: 'One worker is elected for it; how often it changed.',
      unit: 'short',
      width: 6,
      queries: [
        [ofProcess('bulkwatch_collector_up'), '{{instance}}'],
        [
          `sum(increase(${ofProcess('bulkwatch_collector_changes_total')}[$__rate_interval]))`,
          'changes',
        ],
      ],
    }),
  ],
};
