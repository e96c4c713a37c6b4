import type { StatusReading } from '../protocol/status-reading.js';
import { abandon } from './abandon.js';
import { afterComplete } from './after-complete.js';
import { afterElsewhere } from './after-elsewhere.js';
import { afterExportFailed } from './after-export-failed.js';
import { afterInProgress } from './after-in-progress.js';
import { afterNotAcceptable } from './after-not-acceptable.js';
import { afterPage } from './after-page.js';
import { afterPollFailed } from './after-poll-failed.js';
import type { CompletePages, Decision, RequestOutcome, Situation } from './decision.js';
import { remembering } from './remembering.js';
import { retryUnanswered } from './retry-failed.js';
import { savePages } from './save-pages.js';
import { watchMovement } from './watch-movement.js';

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
        ? watchMovement(remembering(decision, job, now), situation)
        : abandon(decision.reason, situation);
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
