import { without } from '../defined.js';
import { afterOneAnswer, type PollMemory } from '../protocol/poll-memory.js';
import type { PollAgain, TrackedJob } from './decision.js';

/**
 * A decision to poll again, with all that is to be remembered of the answer. What held for one answer only is
 * forgotten with the next, whatever that one says; how long an end has been hinted at, and how often we were asked
 * to poll less, with the next clean one.
 *
 * @param now epoch ms
 */
export function remembering(decision: PollAgain, job: TrackedJob, now: number): PollAgain {
  if (decision.saysNothing) return decision;
  const before = decision.memory ?? afterOneAnswer(job.memory);
  const memory = {
    ...without(before, 'suspectSince', 'throttledCount'),
    ...hints(decision, job, now),
  };
  return JSON.stringify(memory) === JSON.stringify(job.memory) ? decision : { ...decision, memory };
}

function hints(
  { inProgress, reason, suspectReason }: PollAgain,
  { memory, suspectReason: suspectedBefore }: TrackedJob,
  now: number,
): Pick<PollMemory, 'suspectSince' | 'throttledCount'> {
  if (inProgress) return {};
  const { suspectSince = now, throttledCount = 0 } = memory;
  const throttled = reason === 'rate-limited' ? throttledCount + 1 : throttledCount;
  return {
    ...(suspectReason !== undefined && {
      suspectSince: suspectReason === suspectedBefore ? suspectSince : now,
    }),
    ...(throttled > 0 && { throttledCount: throttled }),
  };
}
