import type { Reason } from '@bulkwatch/contract';
import { defined, without } from '../defined.js';
import type { StatusReading } from '../protocol/status-reading.js';
import { decideNextStep } from './decide-next-step.js';
import type {
  Complete,
  CompletePages,
  PollAgain,
  RequestOutcome,
  Situation,
  TrackedJob,
} from './decision.js';

/** A completed job that is polled again for fresh links. The memory is that of the refresh, empty at first. */
export type CompletedJob = Omit<TrackedJob, 'state' | 'deadlineAt'>;

/** The manifest came anew; it takes the place of the one before. */
export interface Refreshed extends Omit<Complete, 'next'> {
  readonly next: 'refreshed';
}

/** The job keeps the manifest that it has. */
export interface RefreshFailed {
  readonly next: 'refresh-failed';
  readonly reason: Reason;
  readonly detail?: string;
}

/** What the store can act on, of a refresh. */
export type RefreshDecision = PollAgain | Refreshed | RefreshFailed;

/** A poll of a completed job, and what it rests on. */
export interface RefreshSituation extends Omit<Situation, 'job'> {
  readonly job: CompletedJob;
  readonly outcome: RequestOutcome<StatusReading>;
  /** When the refresh ends at the latest; epoch ms. */
  readonly until: number;
}

/**
 * Judges what to do about a completed job after a poll for fresh links: as for one in progress, with the end of the
 * refresh for its deadline, but that nothing of it ends the job, which stays `completed`. What `joinPages` makes of
 * pages goes to `concludeRefresh`.
 */
export function decideRefresh({
  job,
  until,
  ...asked
}: RefreshSituation): RefreshDecision | CompletePages {
  const open = {
    ...without(job, 'movedAt', 'stalledAt'),
    state: 'in-progress',
    deadlineAt: until,
  } as const;
  const decision = decideNextStep({ ...asked, job: open });
  switch (decision.next) {
    case 'complete':
      return concludeRefresh(decision, job);
    case 'complete-pages':
      return decision;
    case 'poll-again':
      return untold(decision);
    case 'fail':
    case 'cancel':
    case 'abandon':
      return refreshFailed(decision);
  }
}

/** A manifest in place of the one that the job has, unless it is less: one that lacks pages where that one lacks none. */
export function concludeRefresh(
  complete: Complete,
  job: Pick<CompletedJob, 'reason'>,
): Refreshed | RefreshFailed {
  const { reason, detail } = complete;
  return reason === undefined || reason === job.reason
    ? { ...complete, next: 'refreshed' }
    : refreshFailed({ reason, ...defined({ detail }) });
}

const refreshFailed = ({ reason, detail }: Omit<RefreshFailed, 'next'>): RefreshFailed => ({
  next: 'refresh-failed',
  reason,
  ...defined({ detail }),
});

/** Subscribers were told that the export is complete: how it moves is no news to them. */
function untold(decision: PollAgain): PollAgain {
  const polled = without(decision, 'partials', 'movedAt', 'percentFrom', 'percentFromAt');
  return { ...polled, progressed: false };
}
