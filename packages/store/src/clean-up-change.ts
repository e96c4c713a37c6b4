import type { CleanedUp, CleanUpFailed } from '@bulkwatch/core';
import type { JobChange } from './job-change.js';
import { openJobFields } from './job-record.js';
import type { Claim, PollFacts } from './job-store.js';
import { lastingFields, pollOf } from './poll-fields.js';

/** Of a delete request that is over nothing is left but what came of it. */
const cleared = Object.fromEntries(
  [...openJobFields, 'deleteUntil', 'deleteReason'].map((field) => [field, undefined]),
);

/** What the end of the delete request that follows an acknowledgement does to the record. `at` is epoch ms. */
export function cleanUpEnded(
  claim: Claim,
  decision: CleanedUp | CleanUpFailed,
  facts: PollFacts,
  at: number,
): JobChange {
  const outcome =
    decision.next === 'cleaned-up'
      ? { deletedAtProviderAt: at }
      : { deleteReason: decision.reason, ...lastingFields(claim) };
  return {
    state: 'completed',
    set: { ...cleared, ...outcome },
    poll: pollOf(decision, facts, at),
  };
}
