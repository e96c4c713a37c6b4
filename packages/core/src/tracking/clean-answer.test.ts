import { describe, expect, it } from 'vitest';
import { trackedJob } from '../../tests/tracked.js';
import { progressAnomalies } from './clean-answer.js';

describe('progressAnomalies', () => {
  it.each([
    [undefined, undefined],
    [undefined, 40],
    [40, undefined],
    [40, 40],
    [41, 40],
    [0, 0],
  ])('has nothing to say of %j after %j', (progressPercent, lastPercent) => {
    expect(anomaliesOf(progressPercent, lastPercent)).toEqual([]);
  });

  it.each([
    [39, 40],
    [0, 100],
  ])('calls %d after %d a step back', (progressPercent, lastPercent) => {
    expect(anomaliesOf(progressPercent, lastPercent)).toEqual(['progress-regressed']);
  });
});

function anomaliesOf(progressPercent: number | undefined, lastPercent: number | undefined) {
  return progressAnomalies(
    { retryAfter: {}, ...(progressPercent !== undefined && { progressPercent }) },
    trackedJob(lastPercent === undefined ? {} : { progressPercent: lastPercent }),
  );
}
