import type { Refreshed, RefreshFailed } from '@bulkwatch/core';
import type { JobChange } from './job-change.js';
import { clearedFields, present } from './job-record.js';
import type { Claim, PollFacts } from './job-store.js';
import { completedFields, lastingFields, polledFields, pollOf } from './poll-fields.js';

/** Of a refresh that is over nothing is left but what came of it. */
const cleared = Object.fromEntries(
  [...clearedFields('completed'), 'refreshUntil', 'refreshReason', 'hasOldPages'].map((field) => [
    field,
    undefined,
  ]),
);

/** What fresh links do to the record of a completed job: they come in place of the old ones. `at` is epoch ms. */
export function refreshed(
  claim: Claim,
  decision: Refreshed,
  facts: PollFacts,
  at: number,
): JobChange {
  const { epoch, job } = claim;
  return {
    state: 'completed',
    event: 'completed',
    set: {
      ...polledFields(facts, at),
      ...cleared,
      ...lastingFields(claim),
      ...completedFields(decision),
      refreshedAt: at,
      manifestRemovedAt: undefined,
      eventOccurrence: epoch,
      manifestVersion: (job.refresh?.manifestVersion ?? 1) + 1,
    },
    manifest: decision.manifest,
    ...present({ page: decision.page, onlyByReference: decision.onlyByReference }),
    poll: pollOf(decision, facts, at),
  };
}

/** A refresh that brought nothing leaves the job as it was, and says why. */
export function refreshFailed(
  claim: Claim,
  decision: RefreshFailed,
  facts: PollFacts,
  at: number,
): JobChange {
  return {
    state: 'completed',
    set: {
      ...polledFields(facts, at),
      ...cleared,
      ...lastingFields(claim),
      refreshReason: decision.reason,
    },
    poll: pollOf(decision, facts, at),
  };
}
