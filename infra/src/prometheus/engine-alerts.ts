import { thresholds } from '../config.js';
import { minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { grown, series } from './promql.js';

const { engineRestarts } = thresholds;

/** Does the watchdog have to bring the queue's engine back, and can it? */
export const engineAlerts: readonly Alert[] = [
  {
    name: 'BulkwatchWorkerStuck',
    severity: 'warning',
    expr: `max by (job, instance) (${series('bulkwatch_worker_stuck')}) == 1`,
    when: 'the engine of a worker is dead although it was made anew, and nobody has restarted the worker',
    forSeconds: minutes(5),
    summary: '{{ $labels.instance }} polls nothing, and cannot mend that itself.',
    description: 'It has been so for five minutes: whatever should restart it does not.',
    dashboard: 'internals',
  },
  {
    name: 'BulkwatchEngineRestarting',
    severity: 'warning',
    expr: `${grown(series('bulkwatch_engine_restarts_total'), engineRestarts.window, 'job, cause')} >= ${engineRestarts.count}`,
    when: `the watchdog restarted the queue's engine ${engineRestarts.count} times within an hour`,
    forSeconds: minutes(1),
    keepFiringForSeconds: minutes(30),
    summary: 'The engine of the queue dies again and again: {{ $labels.cause }}.',
    description:
      'The watchdog of the workers restarted it {{ $value | printf "%.0f" }} times within an hour.',
    dashboard: 'internals',
  },
];
