import {
  type AnyDecision,
  concludeRefresh,
  type Decision,
  type RefreshDecision,
  type Situation,
} from '@bulkwatch/core';
import type { Claim, JobStore } from '@bulkwatch/store';
import { decidePoll } from './decide-poll.js';
import type { Judged } from './judge.js';
import type { Reader } from './reader.js';

interface WholeDecisionPorts {
  readonly jobs: Pick<JobStore, 'collectedPages'>;
  readonly reader: Pick<Reader, 'joinPages'>;
}

/** A decision that the store can act on: of a manifest in pages, those that were put by are loaded and joined. */
export async function wholeDecision(
  { jobs, reader }: WholeDecisionPorts,
  claim: Claim,
  { decision, situation }: Pick<Judged, 'decision' | 'situation'>,
): Promise<AnyDecision> {
  if (decision.next !== 'complete-pages') return decision;
  const collected = await jobs.collectedPages(claim, decision.page?.url);
  if (collected.kind === 'unopenable') return waitForKey(claim, collected.keyId, situation);
  const whole = await reader.joinPages(decision, collected.pages);
  return claim.job.refresh ? concludeRefresh(whole, claim.job) : whole;
}

/** Pages of which the seal key is missing are not lost: the job waits for the key as long as for anything else. */
function waitForKey(claim: Claim, keyId: string, situation: Situation): Decision | RefreshDecision {
  const detail = `seal key ${keyId}`;
  const failure = { reason: 'credential-missing', detail } as const;
  const decision = decidePoll(claim, { ...situation, outcome: { kind: 'failed', failure } });
  if (decision.next !== 'complete-pages') return decision;
  // At the deadline what was collected is saved, and that is what cannot be opened.
  return {
    next: claim.job.refresh ? 'refresh-failed' : 'abandon',
    reason: 'tracking-deadline',
    detail: `last poll: ${failure.reason}, ${detail}`,
  };
}
