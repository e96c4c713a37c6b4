import type { Reason } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import type { ExportFailedReading } from '../protocol/status-reading.js';
import type { Cancel, Fail, PollAgain, Situation, TrackedJob } from './decision.js';
import { endOfExport } from './end-of-export.js';
import { applyRetryAfter, growingWait, ownDelay } from './pace.js';
import { suspectAgain, suspectCountOf } from './suspicion.js';

/**
 * A plain verdict is believed once it has been confirmed, each confirmation spaced further apart than the one
 * before: one that is wrong for a moment (a deployment, a lagging replica) is likely to be wrong a moment later.
 */
export function afterExportFailed(
  reading: ExportFailedReading,
  situation: Situation,
): Fail | Cancel | PollAgain {
  const { job, policy, dice } = situation;
  const { retryAfter, detail, progress, progressPercent } = reading;
  const reason = reasonOf(reading, job);
  const seenBefore = suspectCountOf(job, reason);
  if (seenBefore >= reading.confirmations) return endOfExport({ ...reading, reason });
  const asked = applyRetryAfter(retryAfter, policy);
  const pace = { baseMs: policy.confirmationMs, capMs: policy.ceilingMs };
  const ownMs = ownDelay(growingWait(pace, seenBefore), policy, dice);
  return {
    next: 'poll-again',
    delayMs: Math.max(ownMs, asked.delayMs ?? 0),
    health: 'provider-error',
    reason,
    inProgress: false,
    progressed: false,
    failureCount: job.failureCount,
    backoffCount: job.backoffCount,
    ...suspectAgain(job, reason),
    ...defined({
      requestedDelayMs: retryAfter.delayMs,
      detail,
      failingSince: job.failingSince,
      progress,
      progressPercent,
    }),
    anomalies: asked.anomalies,
  };
}

/** Times that we were asked to poll less often, after which an unknown export counts as thrown out. */
const throttledMin = 3;

/** A server may drop the export of a client that polls too often (FHIR R6, "Asynchronous Bulk Data Request"). */
function reasonOf({ reason }: ExportFailedReading, job: TrackedJob): Reason {
  if (reason !== 'export-unknown') return reason;
  return (job.memory.throttledCount ?? 0) >= throttledMin ? 'export-terminated' : reason;
}
