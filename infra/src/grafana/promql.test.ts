import { expect, it } from 'vitest';
import { fleetWide, ofProcess, quantile, rate, series } from './promql.js';

it('looks in the scrape jobs and processes that were chosen, for the labels that are wanted', () => {
  expect(series('bulkwatch_overdue_jobs')).toBe('bulkwatch_overdue_jobs{job=~"$job"}');
  expect(series('bulkwatch_jobs', { state: '=~"registered|in-progress"' })).toBe(
    'bulkwatch_jobs{job=~"$job", state=~"registered|in-progress"}',
  );
  expect(ofProcess('bulkwatch_claims_total', { result: '!="claimed"' })).toBe(
    'bulkwatch_claims_total{job=~"$job", instance=~"$instance", result!="claimed"}',
  );
});

it('sums what processes count, and never what one of them tells for all', () => {
  expect(rate(series('bulkwatch_polls_total', { outcome: 'complete' }), 'reason')).toBe(
    'sum by (reason) (rate(bulkwatch_polls_total{job=~"$job", outcome="complete"}[$__rate_interval]))',
  );
  expect(fleetWide(series('bulkwatch_jobs'), 'state')).toBe(
    'max by (state) (bulkwatch_jobs{job=~"$job"})',
  );
  expect(quantile(0.99, 'bulkwatch_poll_lateness_seconds')).toBe(
    'histogram_quantile(0.99, sum by (le) (rate(bulkwatch_poll_lateness_seconds_bucket{job=~"$job"}[$__rate_interval]))) >= 0',
  );
});

it('knows the table of metrics: none of these would compile', () => {
  const told = [
    // @ts-expect-error there is no such metric
    series('bulkwatch_job'),
    // @ts-expect-error it has no such label
    series('bulkwatch_jobs', { status: 'registered' }),
    // @ts-expect-error it is no histogram
    quantile(0.5, 'bulkwatch_jobs'),
  ];

  expect(told).toHaveLength(3);
});
