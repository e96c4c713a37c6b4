import type { CompletePages, Decision } from '@bulkwatch/core';
import type { Claim, JobStore } from '@bulkwatch/store';
import type { Reader } from './reader.js';

interface WholeDecisionPorts {
  readonly jobs: Pick<JobStore, 'collectedPages'>;
  readonly reader: Pick<Reader, 'joinPages'>;
}

/** A decision that the store can act on: of a manifest in pages, those that were put by are loaded and joined. */
export async function wholeDecision(
  { jobs, reader }: WholeDecisionPorts,
  claim: Claim,
  decision: Decision | CompletePages,
): Promise<Decision> {
  if (decision.next !== 'complete-pages') return decision;
  return reader.joinPages(decision, await jobs.collectedPages(claim, decision.page?.url));
}
