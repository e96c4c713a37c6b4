import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpiryClock, expiryStep } from './expiry-clock.js';

const hour = 3_600_000;
const expiresAt = Date.UTC(2026, 0, 10);
const thresholds = [24 * hour, 6 * hour, hour];
const step = (hoursBefore: number, clock: Partial<ExpiryClock> = {}) =>
  expiryStep(
    { expiresAt, isAcknowledged: false, ...clock },
    thresholds,
    expiresAt - hoursBefore * hour,
  );

describe('the expiry clock', () => {
  it('tells nothing before the first threshold, and looks again when that is passed', () => {
    expect(step(30)).toEqual({ tell: 'nothing', lookAt: expiresAt - 24 * hour });
  });

  it.each([
    [24, 24, 6],
    [10, 24, 6],
    [6, 6, 1],
    [0.5, 1, 0],
  ])('tells, %s hours before, the newest threshold alone: %s hours', (before, told, next) => {
    expect(step(before)).toEqual({
      tell: 'expiring',
      thresholdMs: told * hour,
      lookAt: expiresAt - next * hour,
    });
  });

  it('tells no threshold twice, nor one that a later one has overtaken', () => {
    expect(step(10, { toldMs: 24 * hour })).toEqual({
      tell: 'nothing',
      lookAt: expiresAt - 6 * hour,
    });
    expect(step(10, { toldMs: 6 * hour })).toMatchObject({ tell: 'nothing' });
    expect(step(0.5, { toldMs: hour })).toEqual({ tell: 'nothing', lookAt: expiresAt });
  });

  it('tells the expiry at its instant, also of an acknowledged job, and once', () => {
    expect(step(0)).toEqual({ tell: 'expired' });
    expect(step(-48, { isAcknowledged: true })).toEqual({ tell: 'expired' });
    expect(step(-1, { toldMs: 0 })).toEqual({ tell: 'no-more' });
  });

  it('leaves an acknowledged job alone until then', () => {
    expect(step(3, { isAcknowledged: true })).toEqual({ tell: 'nothing', lookAt: expiresAt });
  });

  it('needs no threshold', () => {
    expect(expiryStep({ expiresAt, isAcknowledged: false }, [], expiresAt - 1)).toEqual({
      tell: 'nothing',
      lookAt: expiresAt,
    });
  });

  it('always looks again later, until all is told, and tells thresholds in falling order', () => {
    const anyThresholds = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 5 });
    const anyLooks = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyThresholds, anyLooks, (thresholdsMs, waits) => {
        let now = 0;
        let toldMs: number | undefined;
        for (const wait of waits) {
          const clock = {
            expiresAt: 120,
            isAcknowledged: false,
            ...(toldMs === undefined ? {} : { toldMs }),
          };
          const next = expiryStep(clock, thresholdsMs, now);
          if ('lookAt' in next) expect(next.lookAt).toBeGreaterThan(now);
          if (next.tell === 'expiring') {
            expect(next.thresholdMs).toBeLessThan(toldMs ?? Number.POSITIVE_INFINITY);
            toldMs = next.thresholdMs;
          }
          if (next.tell === 'expired') toldMs = 0;
          now += wait;
        }
      }),
    );
  });
});
