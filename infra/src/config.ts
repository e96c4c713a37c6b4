/** What rules and dashboards both go by, said once. Spans of time are in seconds, shares from 0 to 1. */
import { days, hours, minutes } from './duration.js';

/** Scrape jobs, as prometheus.yml and the ServiceMonitors call them. */
export const scrapeJobs = { api: 'bulkwatch-api', worker: 'bulkwatch-worker' } as const;

/** Matches the scrape job of either service. */
export const anyService = 'bulkwatch-.+';

/** Uids of the dashboards; their page is `/d/<uid>` below Grafana's own address. */
export const dashboards = {
  fleet: 'bulkwatch-fleet',
  provider: 'bulkwatch-provider',
  delivery: 'bulkwatch-delivery',
  internals: 'bulkwatch-internals',
} as const;

/** Where the pages of alerts are. Give it the address of your copy, and links in messages lead there. */
export const runbooks = 'docs/runbooks';

/** What is promised of thirty days: the share of polls, completions and requests that go as they should. */
export const objectives = {
  /** Polls that start less than 5 s after they were due, or than 1 % of their wait where that is longer. */
  latePolls: 0.999,
  /** Completions that are in the event stream within `completionToldWithin`. */
  lateCompletions: 0.999,
  /** Requests to the API that are not answered with a 5xx. */
  failedRequests: 0.999,
  /** Requests to the API that are answered within `requestAnsweredWithin`; held ones are not asked. */
  slowRequests: 0.99,
} as const;

/** Both are buckets of their histograms: a bound between two of them could not be counted. */
export const completionToldWithin = 30;
export const requestAnsweredWithin = 0.5;

/**
 * How fast the error budget of thirty days may burn before somebody is told, after the SRE workbook ("Alerting on
 * SLOs"): both windows must show it, the short one so that the alert ends soon after the trouble.
 */
export const burnRates = [
  { severity: 'critical', factor: 14.4, longWindow: hours(1), shortWindow: minutes(5) },
  { severity: 'critical', factor: 6, longWindow: hours(6), shortWindow: minutes(30) },
  { severity: 'warning', factor: 1, longWindow: days(3), shortWindow: hours(6) },
] as const;

/** Fewer failures than this in the long window are no trend, however few polls or requests there were. */
export const fewestFailures = {
  latePolls: 10,
  /** There are far fewer completions than polls, and each of them is waited for. */
  lateCompletions: 5,
  failedRequests: 10,
  slowRequests: 10,
} as const;

export const thresholds = {
  /** Every job is found overdue within a minute; two leave room for a rolling deploy. */
  overdueAge: minutes(2),
  /** Failed polls of a provider: the share, and how many there must be before a share says anything. */
  failedPolls: { share: 0.25, count: 10, window: minutes(30) },
  /** A blocked job is tried once an hour at the least: a window that always holds two tries. */
  blockedPolls: { count: 2, window: minutes(150) },
  /** An endpoint that is out is asked by one worker at a time, at least every five minutes. */
  failedTokens: { share: 0.1, count: 5, window: minutes(30) },
  /** Exports that make no progress at all, for longer than their provider usually needs. */
  stalledFor: hours(1),
  /** Whoever has read nothing is at 0.4 when 60 % of BULKWATCH_EVENTS_MAX_LENGTH wait for it. */
  groupHeadroom: 0.4,
  /** Below this share, and empty within this time at the pace of the last half hour. */
  groupFlood: { headroom: 0.8, window: minutes(30), emptyWithin: hours(2) },
  slowSubscribers: { count: 5, window: minutes(15) },
  webhookOverdueAge: minutes(5),
  clockSkew: 5,
  /** Of Redis's memory that is left: look for more today, and now. */
  memoryLeft: { soon: 0.25, now: 0.1 },
  engineRestarts: { count: 3, window: hours(1) },
} as const;
