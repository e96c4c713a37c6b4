import type { MetricRow } from './metric-row.js';

/** What the service levels of polls and completions are measured with, and the load of a worker; a part of the one table. */
export const pollMetrics = [
  {
    key: 'retryAfterAppliedSeconds',
    name: 'bulkwatch_retry_after_applied_seconds',
    type: 'histogram',
    help: 'Waits until the next poll where the provider asked for one: as they were applied, floor, ceiling and our own back-off included.',
    labels: {},
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400],
    services: ['worker'],
    neededFor: 'Operators: how often providers are polled, next to what they asked for.',
  },
  {
    key: 'pollsStartedTotal',
    name: 'bulkwatch_polls_started_total',
    type: 'counter',
    help: 'Polls that were started, by whether they were on time: late by less than 5 s, or by less than 1 % of the Retry-After that they waited for.',
    labels: { punctual: ['true', 'false'] },
    services: ['worker'],
    neededFor: 'Operators: the service level of polls, 99.9 % on time.',
  },
  {
    key: 'completionDelaySeconds',
    name: 'bulkwatch_completion_delay_seconds',
    type: 'histogram',
    help: 'Time from the last byte of the answer that completed an export until the event that tells so was in the stream.',
    labels: {},
    buckets: [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    services: ['worker'],
    neededFor: 'Operators: the service level of completions, 99.9 % told within 30 s.',
  },
  {
    key: 'pollsInFlight',
    name: 'bulkwatch_polls_in_flight',
    type: 'gauge',
    help: 'Wake-ups that this worker is busy with.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: is a worker full? Aggregate with sum.',
  },
  {
    key: 'workerConcurrency',
    name: 'bulkwatch_worker_concurrency',
    type: 'gauge',
    help: 'Wake-ups that this worker can be busy with at once (BULKWATCH_WORKER_CONCURRENCY).',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: what the polls in flight are measured against. Aggregate with sum.',
  },
] as const satisfies readonly MetricRow[];
