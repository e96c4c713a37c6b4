import type { MetricRow } from './metric-row.js';

/** The metrics of the worker's watchdog; a part of the one table. */
export const livenessMetrics = [
  {
    key: 'engineRestartsTotal',
    name: 'bulkwatch_engine_restarts_total',
    type: 'counter',
    help: 'Engines that were found dead and made anew in their process: idle fetched nothing though entries waited, silent had no answer from Redis.',
    labels: { cause: ['idle', 'silent'] },
    services: ['worker'],
    neededFor:
      'Operators: does the engine die again and again? More than one is worth a bug report.',
  },
  {
    key: 'workerStuck',
    name: 'bulkwatch_worker_stuck',
    type: 'gauge',
    help: '1 when an engine is dead although it was made anew: /livez fails, so that the process is restarted.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: the alert on a worker that nothing restarts.',
  },
] as const satisfies readonly MetricRow[];
