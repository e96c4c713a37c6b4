import type { PollAgain, TrackedJob } from './decision.js';

/**
 * From where on the pace of the export is measured, where that changes: from its first percentage, and anew from
 * one that is below the last, since some servers count several passes.
 *
 * @param now epoch ms
 */
export function measurePace(
  { progressPercent }: PollAgain,
  job: TrackedJob,
  now: number,
): Pick<PollAgain, 'percentFrom' | 'percentFromAt'> {
  if (progressPercent === undefined) return {};
  // Where none is measured from yet, none goes on.
  const { percentFrom = Number.POSITIVE_INFINITY, progressPercent: lastPercent = 0 } = job;
  const goesOn = progressPercent >= Math.max(percentFrom, lastPercent);
  return goesOn ? {} : { percentFrom: progressPercent, percentFromAt: now };
}
