import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHistory } from '../../tests/arbitraries.js';
import { type ExportMovement, estimateEnd } from './estimate-end.js';

const now = Date.UTC(2025, 5, 1, 12);
const minutes = 60_000;
/** 20 points in 20 minutes, the last of them just now. */
const moving: ExportMovement = {
  progressPercent: 40,
  movedAt: now,
  percentFrom: 20,
  percentFromAt: now - 20 * minutes,
  startedAt: now - 60 * minutes,
  now,
};
const { percentFrom: _from, percentFromAt: _at, ...unmeasured } = moving;
const history = { count: 5, medianMs: 90 * minutes, p90Ms: 120 * minutes };
const byHistory = { etaAt: now + 30 * minutes, basis: 'history' };

describe('the estimate by progress', () => {
  it('goes on at the pace so far', () => {
    expect(estimateEnd(moving)).toEqual({ etaAt: now + 60 * minutes, basis: 'progress' });
  });

  it('comes before the history, and counts from when the percentage was seen to change', () => {
    const seen = { movedAt: now - 10 * minutes, percentFromAt: now - 30 * minutes };

    expect(estimateEnd({ ...moving, ...seen, history })).toEqual({
      etaAt: now + 50 * minutes,
      basis: 'progress',
    });
  });

  it.each<[string, ExportMovement]>([
    ['fewer than five points', { ...moving, progressPercent: 24.9 }],
    ['a single sighting', { ...moving, percentFromAt: now }],
    ['no sighting', unmeasured],
    ['no movement', (({ movedAt: _unknown, ...rest }) => rest)(moving)],
    ['a percentage no more', (({ progressPercent: _gone, ...rest }) => rest)(moving)],
    ['a hundred percent', { ...moving, progressPercent: 100 }],
    ['an estimate that has passed', { ...moving, now: now + 60 * minutes }],
  ])('is none by %s', (_what, movement) => {
    expect(estimateEnd(movement)).toBeUndefined();
  });

  it('goes by five points', () => {
    expect(estimateEnd({ ...moving, progressPercent: 25 })).toMatchObject({ basis: 'progress' });
  });

  it('gives way to the history where it has passed', () => {
    const late = { ...moving, movedAt: now - 60 * minutes, percentFromAt: now - 80 * minutes };

    expect(estimateEnd({ ...late, history })).toEqual(byHistory);
  });
});

describe('the estimate by history', () => {
  it('is the median from the start on', () => {
    expect(estimateEnd({ ...unmeasured, history })).toEqual(byHistory);
  });

  it.each<[string, Partial<ExportMovement>]>([
    ['fewer than five exports', { history: { ...history, count: 4 } }],
    ['a median that has passed', { history, startedAt: now - 90 * minutes }],
    ['a standstill', { history, stalledAt: now - minutes }],
  ])('is none by %s', (_what, members) => {
    expect(estimateEnd({ ...unmeasured, ...members })).toBeUndefined();
  });
});

it('an estimate is a whole ms in the future, whatever is known', () => {
  const instant = fc.integer({ min: now - 1e9, max: now + 1e9 });
  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  const anyMovement: fc.Arbitrary<ExportMovement> = fc.record(
    {
      progressPercent: percent,
      movedAt: instant,
      percentFrom: percent,
      percentFromAt: instant,
      startedAt: instant,
      history: anyHistory,
      now: instant,
    },
    { requiredKeys: ['startedAt', 'now'] },
  );
  fc.assert(
    fc.property(anyMovement, (movement) => {
      const estimate = estimateEnd(movement);
      if (estimate === undefined) return;
      expect(Number.isSafeInteger(estimate.etaAt)).toBe(true);
      expect(estimate.etaAt).toBeGreaterThan(movement.now);
    }),
    { numRuns: 1000 },
  );
});
