import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProgress } from './progress.js';

describe('readProgress', () => {
  it.each([
    ['23.0% complete', 23],
    ['In Progress (80%)', 80],
    ['In Progress, 80%', 80],
    ['RUNNING: 45.50%', 45.5],
    ['QUEUED: 0.00%', 0],
    ['45 % done', 45],
    ['12% complete, Please wait...', 12],
    ['120%', 100],
  ])('finds the percentage in %j', (progress, progressPercent) => {
    expect(readProgress(progress)).toStrictEqual({ progress, progressPercent });
  });

  it.each([
    'in-progress',
    'Build in progress - Status set to IN_PROGRESS at 2026-05-01T10:00:00Z',
    '3 of 7 files',
    '100',
    '%',
    'five %',
    '-5%',
    '1.234.5%',
    '45,5%',
  ])('finds no percentage in %j', (progress) => {
    expect(readProgress(progress)).toStrictEqual({ progress });
  });

  it.each([undefined, '', '\u0007', []])('finds no progress in %j', (header) => {
    expect(readProgress(header)).toStrictEqual({});
  });

  it('keeps at most 100 printable characters', () => {
    expect(readProgress(`\u001b[2J${'x'.repeat(10_000)}`).progress).toBe(`[2J${'x'.repeat(96)}`);
  });

  it('takes the first usable of repeated headers', () => {
    expect(readProgress(['', '5%', '6%'])).toStrictEqual({ progress: '5%', progressPercent: 5 });
  });

  it('never gives a percentage outside 0 to 100', () => {
    const anyText = fc.oneof(fc.string(), fc.stringMatching(/^\w*[ -]?\d{0,9}\.?\d{0,9} ?%.*$/));
    fc.assert(
      fc.property(anyText, (text) => {
        const { progressPercent = 0 } = readProgress(text);
        expect(progressPercent).toBeGreaterThanOrEqual(0);
        expect(progressPercent).toBeLessThanOrEqual(100);
      }),
    );
  });
});
