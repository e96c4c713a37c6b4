import { defined } from '../defined.js';
import { afterOneAnswer } from '../protocol/poll-memory.js';
import type { NotAcceptableReading } from '../protocol/status-reading.js';
import { afterExportFailed } from './after-export-failed.js';
import type { Cancel, Fail, PollAgain, Situation } from './decision.js';
import { applyRetryAfter } from './pace.js';
import { suspicionOf } from './suspicion.js';

/**
 * What the usual Accept header could not get is asked for with the alternate one, from now on. A provider that
 * refuses both is asked once more, and then believed (RFC 9110 section 15.5.7).
 */
export function afterNotAcceptable(
  reading: NotAcceptableReading,
  situation: Situation,
): Fail | Cancel | PollAgain {
  const { job, policy } = situation;
  const { detail, retryAfter } = reading;
  if (job.memory.alternateAccept) {
    const refused = { reason: 'request-refused', confirmations: 1 } as const;
    return afterExportFailed({ ...reading, kind: 'export-failed', ...refused }, situation);
  }
  const asked = applyRetryAfter(retryAfter, policy);
  return {
    next: 'poll-again',
    delayMs: asked.delayMs ?? Math.ceil(policy.floorMs),
    health: 'provider-error',
    reason: 'request-refused',
    detail,
    inProgress: false,
    progressed: false,
    failureCount: job.failureCount,
    backoffCount: job.backoffCount,
    ...suspicionOf(job),
    ...defined({ requestedDelayMs: retryAfter.delayMs, failingSince: job.failingSince }),
    anomalies: asked.anomalies,
    memory: { ...afterOneAnswer(job.memory), alternateAccept: true },
  };
}
