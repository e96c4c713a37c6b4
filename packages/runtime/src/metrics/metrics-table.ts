import type { ServiceName } from '../settings/setting-row.js';

/** Sets of label values that this room does not know: the services bring them. `reason` gains `none`. */
export type LabelValueSet = 'reason' | 'state' | 'event' | 'anomaly';

/**
 * Values of a label: the closed list itself, the name of a set that a service brings, or `open` where the
 * values are few but only known as they come (a route's template, a version).
 */
export type LabelDomain = readonly string[] | LabelValueSet | 'open';

/** One metric, told once: what is exposed, the types and the documentation come from it. */
export interface MetricRow {
  /** Its name in `Metrics`: the exposed name in camel case, less the prefix. */
  readonly key: string;
  readonly name: `bulkwatch_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelDomain>>;
  /** Upper bounds of a histogram's buckets, in the unit of the name. */
  readonly buckets?: readonly number[];
  readonly services: readonly ServiceName[];
  /** Who looks at it, and for what. */
  readonly neededFor: string;
}

/** The one table of metrics. No label ever holds a job, a URL, an origin or a tenant. */
export const metricsTable = [
  {
    key: 'pollsTotal',
    name: 'bulkwatch_polls_total',
    type: 'counter',
    help: 'Polls that ended, by what they found; reason is none for a clean answer.',
    labels: {
      outcome: [
        'in_progress',
        'manifest_page',
        'redirected',
        'complete',
        'export_failed',
        'poll_failed',
      ],
      reason: 'reason',
    },
    services: ['worker'],
    neededFor: 'Operators: throughput, share of failed polls, and why they fail.',
  },
  {
    key: 'pollDurationSeconds',
    name: 'bulkwatch_poll_duration_seconds',
    type: 'histogram',
    help: 'Time from sending a status request to the last byte of its answer.',
    labels: {},
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40],
    services: ['worker'],
    neededFor: 'Operators: is a provider slow?',
  },
  {
    key: 'pollLatenessSeconds',
    name: 'bulkwatch_poll_lateness_seconds',
    type: 'histogram',
    help: 'Start of a poll minus the instant at which it was due.',
    labels: {},
    buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600],
    services: ['worker'],
    neededFor: 'Operators: the promise that polls are on time.',
  },
  {
    key: 'jobs',
    name: 'bulkwatch_jobs',
    type: 'gauge',
    help: 'Tracked jobs by state, over the whole fleet; every worker reports the same.',
    labels: { state: 'state' },
    services: ['worker'],
    neededFor: 'Everybody: how much is being tracked. Aggregate with max, not sum.',
  },
  {
    key: 'overdueJobs',
    name: 'bulkwatch_overdue_jobs',
    type: 'gauge',
    help: 'Jobs whose poll is past its due instant by more than the tolerance; fleet-wide.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: is everything on time? Aggregate with max.',
  },
  {
    key: 'oldestOverdueAgeSeconds',
    name: 'bulkwatch_oldest_overdue_age_seconds',
    type: 'gauge',
    help: 'How long the poll that is overdue longest has been due; 0 when none is.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: the alert on overdue polls. Aggregate with max.',
  },
  {
    key: 'retryAfterRequestedSeconds',
    name: 'bulkwatch_retry_after_requested_seconds',
    type: 'histogram',
    help: 'Waits that providers asked for, as they asked.',
    labels: {},
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400],
    services: ['worker'],
    neededFor: 'Operators: how often providers want to be polled.',
  },
  {
    key: 'responseAnomaliesTotal',
    name: 'bulkwatch_response_anomalies_total',
    type: 'counter',
    help: 'Oddities in answers that were understood all the same.',
    labels: { anomaly: 'anomaly' },
    services: ['worker'],
    neededFor: 'Developers: what real providers send.',
  },
  {
    key: 'eventsPublishedTotal',
    name: 'bulkwatch_events_published_total',
    type: 'counter',
    help: 'Events appended to the stream by this process.',
    labels: { event: 'event' },
    services: ['api', 'worker'],
    neededFor: 'Operators and subscribers: what was told, and how much.',
  },
  {
    key: 'claimsTotal',
    name: 'bulkwatch_claims_total',
    type: 'counter',
    help: 'Wake-ups that asked for the right to poll, by what they got.',
    labels: { result: ['claimed', 'early', 'superseded', 'settled', 'missing', 'abandoned'] },
    services: ['worker'],
    neededFor: 'Operators: paused processes (abandoned) and doubled wake-ups (superseded).',
  },
  {
    key: 'staleResultsTotal',
    name: 'bulkwatch_stale_results_total',
    type: 'counter',
    help: 'Results of polls that came after somebody else had claimed or settled the job.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: workers that stall in the middle of a poll.',
  },
  {
    key: 'rescuesTotal',
    name: 'bulkwatch_rescues_total',
    type: 'counter',
    help: 'Jobs that were put back into the queue because their entry was lost.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: is the queue losing entries?',
  },
  {
    key: 'deleteRequestsTotal',
    name: 'bulkwatch_delete_requests_total',
    type: 'counter',
    help: 'Delete requests sent to providers, by what came of them.',
    labels: { outcome: ['accepted', 'refused', 'failed'] },
    services: ['worker'],
    neededFor: 'Operators: cancelled exports that may still run.',
  },
  {
    key: 'tokenRequestsTotal',
    name: 'bulkwatch_token_requests_total',
    type: 'counter',
    help: 'Requests to token endpoints, by what came of them.',
    labels: { outcome: ['issued', 'refused', 'failed'] },
    services: ['worker'],
    neededFor: 'Operators: does a credential still work?',
  },
  {
    key: 'credentialReloadsTotal',
    name: 'bulkwatch_credential_reloads_total',
    type: 'counter',
    help: 'Changed versions of the credentials file, or of a file that it names, by what became of them.',
    labels: { outcome: ['loaded', 'rejected'] },
    services: ['api', 'worker'],
    neededFor: 'Operators: did a rotated secret arrive, or is the old version still in force?',
  },
  {
    key: 'egressRefusalsTotal',
    name: 'bulkwatch_egress_refusals_total',
    type: 'counter',
    help: 'URLs and connections that were refused, by why; callers learn only that they were.',
    labels: {
      reason: [
        'url-unreadable',
        'url-too-long',
        'scheme-not-allowed',
        'user-info',
        'fragment',
        'host-not-qualified',
        'origin-not-listed',
        'metadata',
        'loopback',
        'private',
        'carrier-grade-nat',
        'link-local',
        'unspecified',
        'multicast',
        'documentation',
        'reserved',
        'mapped',
        'nat64',
        '6to4',
        'teredo',
        'unreadable',
      ],
    },
    services: ['api', 'worker'],
    neededFor:
      'Security: attempts to reach inside. Operators: origins that are missing from a list.',
  },
  {
    key: 'redisUp',
    name: 'bulkwatch_redis_up',
    type: 'gauge',
    help: '1 when Redis answered the last time this process asked, else 0.',
    labels: {},
    services: ['api', 'worker'],
    neededFor: 'Operators: the alert on Redis.',
  },
  {
    key: 'redisClockSkewSeconds',
    name: 'bulkwatch_redis_clock_skew_seconds',
    type: 'gauge',
    help: 'Clock of Redis minus clock of this process.',
    labels: {},
    services: ['worker'],
    neededFor: 'Operators: instants in logs and answers that do not agree.',
  },
  {
    key: 'registrationsTotal',
    name: 'bulkwatch_registrations_total',
    type: 'counter',
    help: 'Registrations asked for, single or in a batch, by what came of them.',
    labels: { result: ['created', 'existing', 'refused'] },
    services: ['api'],
    neededFor: 'Operators: how much work comes in, and how much is turned away.',
  },
  {
    key: 'apiRefusalsTotal',
    name: 'bulkwatch_api_refusals_total',
    type: 'counter',
    help: 'Requests to the API that were turned away before their route, by why.',
    labels: {
      cause: [
        'missing',
        'malformed',
        'unknown',
        'expired',
        'revoked',
        'token-invalid',
        'issuer-unavailable',
        'scope',
        'rate-limit',
      ],
    },
    services: ['api'],
    neededFor: 'Operators: a caller whose key has ended, and somebody who tries keys.',
  },
  {
    key: 'httpRequestsTotal',
    name: 'bulkwatch_http_requests_total',
    type: 'counter',
    help: 'Requests that the API answered; route is the template of the path.',
    labels: { route: 'open', method: 'open', status_class: ['2xx', '3xx', '4xx', '5xx'] },
    services: ['api'],
    neededFor: 'Operators: rate and errors of the API.',
  },
  {
    key: 'httpRequestDurationSeconds',
    name: 'bulkwatch_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time to answer a request to the API; held requests (wait) included.',
    labels: { route: 'open', method: 'open' },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    services: ['api'],
    neededFor: 'Operators: how fast the API answers.',
  },
  {
    key: 'buildInfo',
    name: 'bulkwatch_build_info',
    type: 'gauge',
    help: 'Always 1; its labels say what is running.',
    labels: { version: 'open', service: ['api', 'worker'] },
    services: ['api', 'worker'],
    neededFor: 'Operators: which version runs where.',
  },
] as const satisfies readonly MetricRow[];
