import { defined } from '../defined.js';
import type { StatusReading } from '../protocol/status-reading.js';
import { afterComplete } from './after-complete.js';
import { afterElsewhere } from './after-elsewhere.js';
import { afterExportFailed } from './after-export-failed.js';
import { afterInProgress } from './after-in-progress.js';
import { afterNotAcceptable } from './after-not-acceptable.js';
import { afterPage } from './after-page.js';
import { afterPollFailed } from './after-poll-failed.js';
import type {
  Abandon,
  Cancel,
  CompletePages,
  Decision,
  Fail,
  PollAgain,
  RequestOutcome,
  Situation,
} from './decision.js';
import { expiryOf } from './expiry.js';
import { remembering } from './remembering.js';
import { retryUnanswered } from './retry-failed.js';

/**
 * Judges what to do about a tracked job after a poll. Total and pure: the same arguments always lead to the
 * same decision. The deadline ends only what would otherwise be polled again; a poll that completes or fails
 * after it counts as what it is, and one that our own shutdown interrupted says nothing, so the next one does.
 */
export function decideNextStep({
  outcome,
  ...situation
}: Situation & { readonly outcome: RequestOutcome<StatusReading> }): Decision | CompletePages {
  const { job, now } = situation;
  const decision =
    outcome.kind === 'read'
      ? judge(outcome.reading, situation)
      : retryUnanswered(outcome.failure, situation);
  switch (decision.next) {
    case 'poll-again':
      if (decision.reason === 'interrupted') return decision;
      return now < job.deadlineAt
        ? remembering(decision, job, now)
        : savePages(abandon(decision), situation);
    case 'fail':
    case 'cancel':
      return savePages(decision, situation);
    case 'complete':
    case 'complete-pages':
    case 'abandon':
      return decision;
  }
}

function judge(reading: StatusReading, situation: Situation): Decision | CompletePages {
  switch (reading.kind) {
    case 'in-progress':
      return afterInProgress(reading, situation);
    case 'page':
      return afterPage(reading, situation);
    case 'elsewhere':
      return afterElsewhere(reading, situation);
    case 'not-acceptable':
      return afterNotAcceptable(reading, situation);
    case 'complete':
      return afterComplete(reading, situation);
    case 'export-failed':
      return afterExportFailed(reading, situation);
    case 'poll-failed':
      return afterPollFailed(reading, situation);
  }
}

function abandon({ reason }: PollAgain): Abandon {
  const detail = reason && `last poll: ${reason}`;
  return { next: 'abandon', reason: 'tracking-deadline', ...defined({ detail }) };
}

/**
 * Once the provider has called the export complete, a page that cannot be had does not undo it: the pages
 * before it are worth having (Bulk Data Access IG 3.0.0, "Response - Output Manifest", `link`).
 */
function savePages(
  end: Fail | Cancel | Abandon,
  situation: Situation,
): Fail | Cancel | Abandon | CompletePages {
  const { collected } = situation.job.memory;
  if (collected?.completeAt === undefined) return end;
  const why = end.detail === undefined ? end.reason : `${end.reason}: ${end.detail}`;
  return {
    next: 'complete-pages',
    collectedCount: collected.count,
    ...expiryOf({}, collected, situation),
    reason: 'manifest-incomplete',
    detail: `next page: ${why}`,
    anomalies: [],
  };
}
