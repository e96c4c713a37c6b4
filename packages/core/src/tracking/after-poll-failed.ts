import type { PollFailedReading } from '../protocol/status-reading.js';
import type { Cancel, Fail, PollAgain, Situation } from './decision.js';
import { endOfExport } from './end-of-export.js';
import { retryFailed } from './retry-failed.js';
import { suspectCountOf } from './suspicion.js';

/** An ambiguous answer ends the export only when its budget is spent, in tries and in time. */
export function afterPollFailed(
  reading: PollFailedReading,
  situation: Situation,
): Fail | Cancel | PollAgain {
  const { job, now } = situation;
  const { budget, reason } = reading;
  const isSpent =
    budget !== undefined &&
    suspectCountOf(job, reason) + 1 >= budget.tries &&
    now - (job.memory.suspectSince ?? now) >= budget.windowMs;
  return isSpent
    ? endOfExport({ ...reading, reason: budget.reason })
    : retryFailed(reading, situation);
}
