import {
  type CompletePages,
  type Decision,
  decideNextStep,
  decideRefresh,
  type RefreshDecision,
  type RequestOutcome,
  type Situation,
  type StatusReading,
} from '@bulkwatch/core';
import type { Claim } from '@bulkwatch/store';

/** Judges a poll: of a job that is being tracked, or of a completed one that is polled for fresh links. */
export function decidePoll(
  { job: { refresh } }: Claim,
  judging: Situation & { readonly outcome: RequestOutcome<StatusReading> },
): Decision | RefreshDecision | CompletePages {
  return refresh ? decideRefresh({ ...judging, until: refresh.until }) : decideNextStep(judging);
}
