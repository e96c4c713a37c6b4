import { defined, without } from '../defined.js';
import { afterOneAnswer, type PollMemory } from '../protocol/poll-memory.js';
import type { ElsewhereReading } from '../protocol/status-reading.js';
import { refuseRedirect } from '../protocol/statuses/read-redirect.js';
import { afterPollFailed } from './after-poll-failed.js';
import { hasProgressed } from './clean-answer.js';
import type { Cancel, Fail, PollAgain, Situation } from './decision.js';
import { applyRetryAfter } from './pace.js';
import { suspicionOf } from './suspicion.js';

/**
 * Goes on elsewhere, as soon as the provider allows (RFC 9110 section 10.2.3: its Retry-After is the shortest
 * wait before the redirect is followed). A redirect tells nothing of the export; that there is a result tells
 * that it has ended, and the answer there tells how. Neither undoes what failed before.
 */
export function afterElsewhere(
  reading: ElsewhereReading,
  situation: Situation,
): PollAgain | Fail | Cancel {
  const { job, policy } = situation;
  const hops = (job.memory.hops ?? 0) + 1;
  if (hops > policy.redirectsMax) {
    const detail = `more than ${policy.redirectsMax} redirects in a row`;
    return afterPollFailed(refuseRedirect(detail, reading), situation);
  }
  const asked = applyRetryAfter(reading.retryAfter, policy);
  const isResult = reading.as === 'result';
  return {
    next: 'poll-again',
    delayMs: asked.delayMs ?? Math.ceil(policy.floorMs),
    health: 'ok',
    inProgress: isResult,
    progressed: isResult && hasProgressed(reading, job),
    failureCount: job.failureCount,
    backoffCount: job.backoffCount,
    ...suspicionOf(job),
    ...defined({ requestedDelayMs: reading.retryAfter.delayMs, failingSince: job.failingSince }),
    anomalies: asked.anomalies,
    memory: { ...memoryOf(reading, job.memory), hops },
  };
}

/** A redirect of a page or of a result is followed for good: the answer to it is the page, or the result. */
function memoryOf({ as, url }: ElsewhereReading, memory: PollMemory): PollMemory {
  const kept = afterOneAnswer(memory);
  if (as === 'result') return { ...without(kept, 'told'), cursor: { kind: 'result', url } };
  if (kept.cursor !== undefined) return { ...kept, cursor: { ...kept.cursor, url } };
  if (as === 'moved') return { ...kept, movedTo: url };
  return { ...kept, cursor: { kind: 'redirect', url } };
}
