import type { Anomaly } from '@bulkwatch/contract';
import type { ReadingHints } from '../protocol/status-reading.js';
import type { TrackedJob } from './decision.js';

/** What a clean answer leaves of failures and suspicions: nothing. */
export const clearedCounts = {
  health: 'ok',
  inProgress: true,
  failureCount: 0,
  suspectCount: 0,
} as const;

/** Whether a clean answer is news: the first one, or another X-Progress than before. */
export function hasProgressed({ progress }: ReadingHints, job: TrackedJob): boolean {
  return job.state === 'registered' || (progress !== undefined && progress !== job.progress);
}

/** What is odd about the progress of a clean answer: its percentage went down. Some servers count several passes. */
export function progressAnomalies(
  { progressPercent }: ReadingHints,
  { progressPercent: lastPercent }: TrackedJob,
): readonly Anomaly[] {
  const isLess =
    progressPercent !== undefined && lastPercent !== undefined && progressPercent < lastPercent;
  return isLess ? ['progress-regressed'] : [];
}
