import { scorecardSchema } from '@bulkwatch/contract';
import { expect, it } from 'vitest';
import { scorecardOf } from './scorecard.js';

const days = { fromDay: '2026-11-22', toDay: '2026-11-23' };

it('sums up days, names what was counted, and gives shares', () => {
  const scorecard = scorecardOf(days, [
    {
      'poll:202:in-progress:60000:100': '60',
      'poll:202:in-progress::160': '20',
      'poll:429:rate-limited:600000:10': '4',
      'anomaly:retry-after-clamped': '4',
    },
    {
      'poll:202:in-progress:120000:100': '10',
      'poll::timed-out::': '4',
      'poll:200:complete::25000': '2',
      withoutExpiry: '2',
      'anomaly:retry-after-clamped': '1',
      'anomaly:content-type-unexpected': '2',
    },
    {},
  ]);

  expect(scorecardSchema.parse(scorecard)).toEqual({
    ...days,
    pollCount: 100,
    answers: [
      { status: 202, outcome: 'in-progress', count: 90, share: 0.9 },
      { status: 429, outcome: 'rate-limited', count: 4, share: 0.04 },
      { status: null, outcome: 'timed-out', count: 4, share: 0.04 },
      { status: 200, outcome: 'complete', count: 2, share: 0.02 },
    ],
    retryAfter: {
      askedCount: 74,
      p50Ms: 60_000,
      p90Ms: 120_000,
      missingCount: 20,
      missingShare: 0.2222,
    },
    withoutExpiryCount: 2,
    anomalies: [
      { name: 'retry-after-clamped', count: 5, share: 0.05 },
      { name: 'content-type-unexpected', count: 2, share: 0.02 },
    ],
    answerTime: { p50Ms: 100, p90Ms: 160, p99Ms: 25_000 },
  });
});

it('is empty where nothing was counted', () => {
  expect(scorecardOf(days, [{}])).toEqual({
    ...days,
    pollCount: 0,
    answers: [],
    retryAfter: { askedCount: 0, p50Ms: null, p90Ms: null, missingCount: 0, missingShare: 0 },
    withoutExpiryCount: 0,
    anomalies: [],
    answerTime: { p50Ms: null, p90Ms: null, p99Ms: null },
  });
});

it.each([
  [1, 10],
  [10, 10],
  [11, 10],
  [99, 10],
])('of %d fast answers and one slow one, half are fast', (fast, p50Ms) => {
  const { answerTime } = scorecardOf(days, [
    { 'poll:202:in-progress::10': String(fast), 'poll:202:in-progress::1000': '1' },
  ]);
  expect(answerTime.p50Ms).toBe(p50Ms);
  expect(answerTime.p90Ms).toBe(fast >= 9 ? 10 : 1_000);
  expect(answerTime.p99Ms).toBe(fast >= 99 ? 10 : 1_000);
});
