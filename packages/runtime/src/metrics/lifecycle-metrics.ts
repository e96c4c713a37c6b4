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
  {
    key: 'expiringJobs',
    name: 'bulkwatch_expiring_jobs',
    type: 'gauge',
    help: 'Completed jobs that wait for an acknowledgement and whose files expire within that time, as far as BULKWATCH_EXPIRING_THRESHOLDS reaches; fleet-wide. Only jobs count that name required subscribers, or are to be deleted on acknowledgement.',
    labels: { within: ['1h', '6h', '24h'] },
    services: ['worker'],
    elected: true,
    neededFor:
      'Operators: the alert on files that expire before they are loaded. Aggregate with max.',
  },
  {
    key: 'expiredJobsTotal',
    name: 'bulkwatch_expired_jobs_total',
    type: 'counter',
    help: 'Completed jobs whose files have expired, by whether they had been acknowledged; unasked where a job names no required subscriber and is not to be deleted on acknowledgement.',
    labels: { acknowledgement: ['given', 'missing', 'unasked'] },
    services: ['worker'],
    neededFor: 'Operators: the alert on files that were lost to a subscriber.',
  },
  {
    key: 'removedTotal',
    name: 'bulkwatch_removed_total',
    type: 'counter',
    help: 'What was removed because it had been kept as long as the settings of retention say, by its kind. A job is counted as such, with all that it had.',
    labels: { kind: ['job', 'manifest', 'timeline'] },
    services: ['worker'],
    neededFor: 'Operators: is retention enforced, and at what pace?',
  },
] as const satisfies readonly MetricRow[];
