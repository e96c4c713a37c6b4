import type { MetricRow } from './metric-row.js';

const provider = {
  labels: { provider: 'open' },
  bounds: {
    provider: 'the origins of the first BULKWATCH_METRICS_PROVIDERS by open jobs, and `other`',
  },
  services: ['worker'],
  elected: true,
} as const;

/**
 * The figures of single providers, which the elected collector tells of those that have the most open jobs; what `other` is,
 * each says. A part of the one table.
 */
export const providerMetrics = [
  {
    key: 'providerOpenJobs',
    name: 'bulkwatch_provider_open_jobs',
    type: 'gauge',
    help: 'Open jobs at a provider; other: the sum.',
    ...provider,
    neededFor: 'Operators: whose jobs are these? Aggregate with max by (provider).',
  },
  {
    key: 'providerRequestsInFlight',
    name: 'bulkwatch_provider_requests_in_flight',
    type: 'gauge',
    help: 'Requests that are under way to a provider, over all workers; other: the sum.',
    ...provider,
    neededFor: 'Operators: is a provider asked as much as it may be? Aggregate with max.',
  },
  {
    key: 'providerRequestLimit',
    name: 'bulkwatch_provider_request_limit',
    type: 'gauge',
    help: 'Requests that may be under way to a provider at once; no other.',
    ...provider,
    neededFor: 'Operators: what the requests in flight are measured against. Aggregate with max.',
  },
  {
    key: 'providerRateLimit',
    name: 'bulkwatch_provider_rate_limit',
    type: 'gauge',
    help: 'Requests per second that a provider is sent at most; no other.',
    ...provider,
    neededFor: 'Operators: how fast can its jobs be polled? Aggregate with max.',
  },
  {
    key: 'providerCircuitOpen',
    name: 'bulkwatch_provider_circuit_open',
    type: 'gauge',
    help: '1 while a provider is out and only probed, else 0; other: whether any is.',
    ...provider,
    neededFor: 'Operators: which provider is out? Aggregate with max.',
  },
  {
    key: 'providerPaused',
    name: 'bulkwatch_provider_paused',
    type: 'gauge',
    help: '1 while an operator has a provider paused, else 0; other: whether any is.',
    ...provider,
    neededFor: 'Operators: which provider was paused? Aggregate with max.',
  },
  {
    key: 'providerRetryAfterSeconds',
    name: 'bulkwatch_provider_retry_after_seconds',
    type: 'gauge',
    help: 'The last Retry-After of a provider, as it was applied; 0 where there was none yet; no other.',
    ...provider,
    neededFor: 'Operators: how often does a provider want to be polled? Aggregate with max.',
  },
  {
    key: 'providerPollsTotal',
    name: 'bulkwatch_provider_polls_total',
    type: 'counter',
    help: 'Polls of a provider today (UTC), over all workers, by how they went or, where that is short of well, why. Begins anew with each day, as it would with a process; a kind is there from its first poll on; no other.',
    ...provider,
    labels: { provider: 'open', kind: 'scoredOutcome' },
    neededFor: 'Operators: how does a provider answer? Aggregate with max by (provider, kind).',
  },
] as const satisfies readonly MetricRow[];
