import { defined, without } from '../defined.js';
import type { PollMemory } from '../protocol/poll-memory.js';
import type { ElsewhereReading } from '../protocol/status-reading.js';
import { refuseRedirect } from '../protocol/statuses/read-redirect.js';
import { afterPollFailed } from './after-poll-failed.js';
import { clearedCounts, hasProgressed } from './clean-answer.js';
import type { Cancel, Fail, PollAgain, Situation } from './decision.js';
import { applyRetryAfter } from './pace.js';
import { suspicionOf } from './suspicion.js';

/**
 * Goes on elsewhere, as soon as the provider allows (RFC 9110 section 10.2.3: its Retry-After is the shortest
 * wait before a redirect is followed). That there is a result says that the export has ended, and the answer
 * there says how; a redirect says nothing at all.
 */
export function afterElsewhere(
  reading: ElsewhereReading,
  situation: Situation,
): PollAgain | Fail | Cancel {
  const { job, policy } = situation;
  const hops = (job.memory.redirect?.hops ?? 0) + 1;
  if (hops > policy.redirectsMax) {
    const detail = `more than ${policy.redirectsMax} redirects in a row`;
    return afterPollFailed(refuseRedirect(detail, reading), situation);
  }
  const asked = applyRetryAfter(reading.retryAfter, policy);
  const again = {
    next: 'poll-again',
    delayMs: asked.delayMs ?? Math.ceil(policy.floorMs),
    ...defined({ requestedDelayMs: reading.retryAfter.delayMs }),
    anomalies: asked.anomalies,
    memory: memoryOf(reading, job.memory, hops),
  } as const;
  return reading.as === 'result'
    ? { ...again, ...clearedCounts, progressed: hasProgressed(reading, job), backoffCount: 0 }
    : { ...again, ...unchanged(situation) };
}

/** The job as it was before an answer that says nothing. */
function unchanged({ job }: Situation) {
  const { health = 'ok', failureCount, failingSince, backoffCount } = job;
  return {
    saysNothing: true,
    health,
    inProgress: false,
    progressed: false,
    failureCount,
    backoffCount,
    ...suspicionOf(job),
    ...defined({ failingSince }),
  } as const;
}

/**
 * A redirect holds for one request, but for a permanent one of the status URL itself. Met on the way to a page or
 * to a result, or behind another redirect, it may be as short-lived as those (a signed URL, a page of a proxy).
 */
function memoryOf({ as, url }: ElsewhereReading, memory: PollMemory, hops: number): PollMemory {
  const redirect = { url, hops };
  if (as === 'result')
    return { ...without(memory, 'told'), cursor: { kind: 'result', url }, redirect };
  const isStatusUrl = memory.cursor === undefined && memory.redirect === undefined;
  return as === 'moved' && isStatusUrl
    ? { ...memory, movedTo: url, redirect }
    : { ...memory, redirect };
}
