import { describe, expect, it } from 'vitest';
import { complete, facts, pollAgain } from '../tests/store-bench.js';
import { anomalyOf, answerTimeBound, pollKindOf, scoreOf } from './score.js';

describe('scoreOf', () => {
  it('counts an answer by status, outcome, Retry-After and time', () => {
    const decision = pollAgain({ delayMs: 120_000, requestedDelayMs: 120_000 });
    const score = scoreOf(decision, { ...facts, status: 202, durationMs: 130 });

    expect(score).toEqual(['poll:202:in-progress:120000:160']);
    expect(score.map(pollKindOf)).toEqual([
      { status: 202, outcome: 'in-progress', waitMs: 120_000, answerMs: 160 },
    ]);
  });

  it('counts each anomaly, and a manifest of which it is not known when it expires', () => {
    const anomalies = ['retry-after-repeated', 'progress-regressed'] as const;
    expect(scoreOf(pollAgain({ anomalies }), facts)).toEqual([
      'poll:200:in-progress::16',
      'anomaly:retry-after-repeated',
      'anomaly:progress-regressed',
    ]);
    expect(scoreOf(complete, facts)).toEqual(['poll:200:complete::16', 'withoutExpiry']);
    const expiresAt = 1_748_779_200_000;
    expect(scoreOf({ ...complete, expiresAt }, facts)).toEqual(['poll:200:complete::16']);
    expect(scoreOf({ ...complete, expiresAt, expiryAssumed: true }, facts)).toContain(
      'withoutExpiry',
    );
    expect(anomalyOf('anomaly:progress-regressed')).toBe('progress-regressed');
    expect(anomalyOf('withoutExpiry')).toBeUndefined();
  });

  it('counts why a poll failed, also where no answer came', () => {
    const failed = pollAgain({ inProgress: false, reason: 'connection-failed' });
    const unanswered = { method: 'GET', durationMs: 3_000, verdict: 'down' } as const;
    expect(scoreOf(failed, unanswered)).toEqual(['poll::connection-failed::']);
    expect(pollKindOf('poll::connection-failed::')).toEqual({ outcome: 'connection-failed' });
    const gone = { next: 'fail', reason: 'export-unknown' } as const;
    expect(scoreOf(gone, { ...facts, status: 404 })).toEqual(['poll:404:export-unknown::16']);
  });

  it('tells answers that lead on from those that say to wait', () => {
    const memory = { redirect: { url: 'https://ehr.example/2', hops: 1 } };
    const onward = { inProgress: false, saysNothing: true, memory } as const;
    expect(scoreOf(pollAgain(onward), { ...facts, status: 307 })).toEqual([
      'poll:307:redirected::16',
    ]);
    expect(scoreOf(pollAgain({ memory }), { ...facts, status: 303 })).toEqual([
      'poll:303:redirected::16',
    ]);
    const page = { url: 'https://ehr.example/1', bytes: new Uint8Array() };
    expect(scoreOf(pollAgain({ page }), facts)).toEqual(['poll:200:manifest-page::16']);
  });

  it.each([
    [5_000.5, Number.MAX_SAFE_INTEGER, 5_000],
    [600_000, 600_000, 600_000],
    [86_400_000, 86_400_000, 86_000_000],
    [1_000, 0, 0],
  ])('of a wait of %d ms, %d asked for, it counts %d', (delayMs, requestedDelayMs, waitMs) => {
    const [counter = ''] = scoreOf(pollAgain({ delayMs, requestedDelayMs }), facts);
    expect(pollKindOf(counter)?.waitMs).toBe(waitMs);
  });

  it('says nothing of delete requests and of polls that did not reach the provider', () => {
    expect(scoreOf(pollAgain(), { ...facts, method: 'DELETE' })).toEqual([]);
    expect(scoreOf(pollAgain(), { ...facts, verdict: 'unknown' })).toEqual([]);
  });
});

describe('answerTimeBound', () => {
  it.each([
    [0, 10],
    [10, 10],
    [10.1, 16],
    [63, 63],
    [64, 100],
    [100, 100],
    [100.1, 160],
    [999, 1_000],
    [1_001, 1_600],
    [29_000, 40_000],
    [100_001, 160_000],
  ])('%d ms is at most %d', (durationMs, bound) => {
    expect(answerTimeBound(durationMs)).toBe(bound);
  });
});
