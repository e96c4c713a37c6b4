import { type Decision, decideNextStep, type Situation } from '@bulkwatch/core';
import type { Claim, JobStore } from '@bulkwatch/store';
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
): Promise<Decision> {
  if (decision.next !== 'complete-pages') return decision;
  const collected = await jobs.collectedPages(claim, decision.page?.url);
  return collected.kind === 'opened'
    ? reader.joinPages(decision, collected.pages)
    : waitForKey(collected.keyId, situation);
}

/** Pages of which the seal key is missing are not lost: the job waits for the key as long as for anything else. */
function waitForKey(keyId: string, situation: Situation): Decision {
  const detail = `seal key ${keyId}`;
  const failure = { reason: 'credential-missing', detail } as const;
  const decision = decideNextStep({ ...situation, outcome: { kind: 'failed', failure } });
  // At the deadline what was collected is saved, and that is what cannot be opened.
  return decision.next === 'complete-pages'
    ? {
        next: 'abandon',
        reason: 'tracking-deadline',
        detail: `last poll: ${failure.reason}, ${detail}`,
      }
    : decision;
}
