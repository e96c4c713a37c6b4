import { describe, expect, it } from 'vitest';
import { applyRetryAfter, growingWait, ownDelay } from './pace.js';
import { defaultPolicy } from './policy.js';

describe('applyRetryAfter', () => {
  it.each([
    [600_000, 600_000],
    [1000, 1000],
    [86_400_000, 86_400_000],
  ])('applies %d ms as they are', (delayMs, appliedMs) => {
    expect(applyRetryAfter({ delayMs }, defaultPolicy)).toStrictEqual({
      delayMs: appliedMs,
      anomalies: [],
    });
  });

  it.each([
    [0, 1000],
    [999, 1000],
    [86_400_001, 86_400_000],
    [Number.MAX_SAFE_INTEGER, 86_400_000],
  ])('clamps %d ms, and says so', (delayMs, appliedMs) => {
    expect(applyRetryAfter({ delayMs }, defaultPolicy)).toStrictEqual({
      delayMs: appliedMs,
      anomalies: ['retry-after-clamped'],
    });
  });

  it('passes on what was odd about the wait, clamped or not', () => {
    const anomaly = 'retry-after-epoch';

    expect(applyRetryAfter({ delayMs: 5000, anomaly }, defaultPolicy).anomalies).toStrictEqual([
      anomaly,
    ]);
    expect(applyRetryAfter({ delayMs: 0, anomaly }, defaultPolicy).anomalies).toStrictEqual([
      anomaly,
      'retry-after-clamped',
    ]);
  });

  it('passes on why there is no wait', () => {
    expect(applyRetryAfter({}, defaultPolicy)).toStrictEqual({ anomalies: [] });
    expect(applyRetryAfter({ anomaly: 'retry-after-unreadable' }, defaultPolicy)).toStrictEqual({
      anomalies: ['retry-after-unreadable'],
    });
  });
});

describe('ownDelay', () => {
  it('adds jitter above the wait, never below it', () => {
    expect(ownDelay(10_000, defaultPolicy, 0)).toBe(10_000);
    expect(ownDelay(10_000, defaultPolicy, 0.5)).toBe(10_500);
    expect(ownDelay(10_000, defaultPolicy, 0.99999)).toBe(11_000);
  });

  it('keeps the wait within floor and ceiling', () => {
    expect(ownDelay(1, defaultPolicy, 0)).toBe(1000);
    expect(ownDelay(Number.POSITIVE_INFINITY, defaultPolicy, 0)).toBe(86_400_000);
  });

  it('rounds up to whole milliseconds', () => {
    expect(ownDelay(1000.1, defaultPolicy, 0)).toBe(1001);
  });
});

describe('growingWait', () => {
  it('doubles up to its cap', () => {
    const pace = { baseMs: 5, capMs: 60 };

    expect([0, 1, 2, 3, 4, 5000].map((count) => growingWait(pace, count))).toEqual([
      5, 10, 20, 40, 60, 60,
    ]);
  });

  it('grows by another factor where one is given', () => {
    expect(growingWait({ baseMs: 100, factor: 1.5, capMs: 1000 }, 2)).toBe(225);
  });
});
