import { describe, expect, it } from 'vitest';
import { grown, observed, observedWithin, pace, series, up } from './promql.js';

describe('a selector', () => {
  it.each([
    [series('bulkwatch_pauses'), 'bulkwatch_pauses'],
    [series('bulkwatch_jobs', { state: 'failed' }), 'bulkwatch_jobs{state="failed"}'],
    [
      series('bulkwatch_jobs', { state: ['failed', 'cancelled'] }),
      'bulkwatch_jobs{state=~"failed|cancelled"}',
    ],
    [
      series('bulkwatch_polls_total', { outcome: 'poll_failed', reason: { not: ['a', 'b'] } }),
      'bulkwatch_polls_total{outcome="poll_failed", reason!~"a|b"}',
    ],
    [up('bulkwatch-api'), 'up{job="bulkwatch-api"}'],
    [up('bulkwatch-.+'), 'up{job=~"bulkwatch-.+"}'],
  ])('says %s', (said, wanted) => {
    expect(said).toBe(wanted);
  });
});

it('asks a histogram for a bucket by the bound as either version of Prometheus writes it', () => {
  const name = 'bulkwatch_poll_lateness_seconds';

  expect(observed(name)).toBe(`${name}_count`);
  expect(observedWithin(name, 0.5)).toBe(`${name}_bucket{le="0.5"}`);
  expect(observedWithin(name, 5)).toBe(`${name}_bucket{le=~"5|5.0"}`);
});

it('sums what counters grew by, over all processes or by a label', () => {
  expect(grown('counter', 3_600)).toBe('sum(increase(counter[1h]))');
  expect(pace('counter', 300, 'job, file')).toBe('sum by (job, file) (rate(counter[5m]))');
});
