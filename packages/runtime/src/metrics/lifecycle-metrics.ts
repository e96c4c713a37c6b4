import type { MetricRow } from './metric-row.js';

/** The metrics of what becomes of jobs after they have completed; a part of the one table. */
export const lifecycleMetrics = [
  {
    key: 'cleanUpRequestsTotal',
    name: 'bulkwatch_clean_up_requests_total',
    type: 'counter',
    help: 'Delete requests sent to providers because their exports were acknowledged, by what came of them.',
    labels: { outcome: ['accepted', 'refused', 'failed'] },
    services: ['worker'],
    neededFor: 'Operators: exports that stay at a provider, and may keep its only slot.',
  },
] as const satisfies readonly MetricRow[];
