import { defined } from '../defined.js';
import { afterOneAnswer } from '../protocol/poll-memory.js';
import type { InProgressReading } from '../protocol/status-reading.js';
import { clearedCounts, hasProgressed, progressAnomalies } from './clean-answer.js';
import type { PollAgain, Situation } from './decision.js';
import { applyRetryAfter, growingWait, ownDelay } from './pace.js';

/** A clean answer clears all failures and suspicions. Without a usable Retry-After our own back-off grows. */
export function afterInProgress(reading: InProgressReading, situation: Situation): PollAgain {
  const { retryAfter, progress, progressPercent, news } = reading;
  const { job, policy, dice } = situation;
  const asked = applyRetryAfter(retryAfter, policy);
  return {
    next: 'poll-again',
    delayMs: asked.delayMs ?? ownDelay(growingWait(policy.backoff, job.backoffCount), policy, dice),
    ...clearedCounts,
    progressed: hasProgressed(reading, job),
    backoffCount: asked.delayMs === undefined ? job.backoffCount + 1 : 0,
    ...defined({ requestedDelayMs: retryAfter.delayMs, progress, progressPercent }),
    anomalies: [...asked.anomalies, ...progressAnomalies(reading, job)],
    ...(news && {
      memory: { ...afterOneAnswer(job.memory), told: news.told },
      partials: news.partials,
    }),
  };
}
