import { completionToldWithin, objectives, requestAnsweredWithin, scrapeJobs } from '../config.js';
import { type grown, observed, observedWithin, type pace, series } from './promql.js';

/** A promise of a share: what is counted, what of it is bad, and who counts. */
export interface Slo {
  /** Key of `objectives`. */
  readonly key: keyof typeof objectives;
  /** What recording rules and the label `slo` call its failures. */
  readonly failures: string;
  /** What is promised, for operators and those who ask them. */
  readonly promise: string;
  /** Series without which nothing can be told, and the scrape job that has them. */
  readonly witness: string;
  readonly job: string;
  /** Failures, and all there were, as PromQL over a window in seconds. */
  readonly bad: (window: number, measure: Measure) => string;
  readonly total: (window: number, measure: Measure) => string;
}

/** How a counter is read: its growth per second, or its growth. */
export type Measure = typeof pace | typeof grown;

const promised = (key: keyof typeof objectives): string =>
  `${Number((objectives[key] * 100).toFixed(3))} %`;

/** A histogram's part that took longer than `bound`. */
const slower =
  (
    name: 'bulkwatch_completion_delay_seconds' | 'bulkwatch_http_request_duration_seconds',
    bound: number,
  ) =>
  (window: number, measure: Measure): string =>
    `(${measure(observed(name), window)} - ${measure(observedWithin(name, bound), window)})`;

export const slos: readonly Slo[] = [
  {
    key: 'latePolls',
    failures: 'late_polls',
    promise: `${promised('latePolls')} of the polls start less than 5 s after they were due, or less than 1 % of their wait where that is longer.`,
    witness: series('bulkwatch_polls_started_total'),
    job: scrapeJobs.worker,
    bad: (window, measure) =>
      measure(series('bulkwatch_polls_started_total', { punctual: 'false' }), window),
    total: (window, measure) => measure(series('bulkwatch_polls_started_total'), window),
  },
  {
    key: 'lateCompletions',
    failures: 'late_completions',
    promise: `${promised('lateCompletions')} of the completions are in the event stream within ${completionToldWithin} s of the last byte of the answer that told of them.`,
    witness: observed('bulkwatch_completion_delay_seconds'),
    job: scrapeJobs.worker,
    bad: slower('bulkwatch_completion_delay_seconds', completionToldWithin),
    total: (window, measure) => measure(observed('bulkwatch_completion_delay_seconds'), window),
  },
  {
    key: 'failedRequests',
    failures: 'failed_requests',
    promise: `${promised('failedRequests')} of the requests to the API are not answered with a 5xx.`,
    witness: series('bulkwatch_http_requests_total'),
    job: scrapeJobs.api,
    bad: (window, measure) =>
      measure(series('bulkwatch_http_requests_total', { status_class: '5xx' }), window),
    total: (window, measure) => measure(series('bulkwatch_http_requests_total'), window),
  },
  {
    key: 'slowRequests',
    failures: 'slow_requests',
    promise: `${promised('slowRequests')} of the requests to the API are answered within ${requestAnsweredWithin} s; those that ask to be held (\`wait\`) and streams of events do not count.`,
    witness: observed('bulkwatch_http_request_duration_seconds'),
    job: scrapeJobs.api,
    bad: slower('bulkwatch_http_request_duration_seconds', requestAnsweredWithin),
    total: (window, measure) =>
      measure(observed('bulkwatch_http_request_duration_seconds'), window),
  },
];
