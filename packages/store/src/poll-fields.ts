import type { Poll } from '@bulkwatch/contract';
import {
  type AnyDecision,
  type Complete,
  type Fail,
  lastingMemory,
  writePollMemory,
} from '@bulkwatch/core';
import type { Claim, PollFacts } from './job-store.js';

/** Fields of a record; one that is undefined is cleared. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** Why a job is what it is. */
export const whyFields = ({
  reason,
  detail,
}: Partial<Pick<Fail, 'reason' | 'detail'>>): Fields => ({
  reason,
  detail,
});

/** What is known of the manifest of a completed job. */
export const completedFields = (decision: Omit<Complete, 'next'>): Fields => ({
  onlyByReference: decision.onlyByReference ? 1 : undefined,
  ...progressFields(decision),
  ...whyFields(decision),
  expiresAt: decision.expiresAt,
  expiryAssumed: decision.expiryAssumed ? 1 : undefined,
  outputCount: decision.summary.outputCount,
  errorCount: decision.summary.errorCount,
  transactionTime: decision.summary.transactionTime ?? undefined,
  manifestBytes: decision.summary.bytes,
});

/** What a completed job still remembers, for a refresh and for the delete request that follows an acknowledgement. */
export const lastingFields = ({ job }: Claim): Fields => ({
  memory: writePollMemory(lastingMemory(job.memory)),
});

/** That the job was polled. */
export const polledFields = (facts: PollFacts, at: number): Fields =>
  facts.method === 'GET'
    ? { lastPolledAt: at, ...(facts.requestId ? { requestId: facts.requestId } : {}) }
    : {};

/** Progress is what was last heard: an answer without it clears nothing. */
export function progressFields(decision: { progress?: string; progressPercent?: number }): Fields {
  return decision.progress === undefined
    ? {}
    : { progress: decision.progress, progressPercent: decision.progressPercent };
}

/** The entry of the timeline; undefined where nothing was asked. */
export function pollOf(decision: AnyDecision, facts: PollFacts, at: number): Poll | undefined {
  if (facts.method === null) return undefined;
  const again = decision.next === 'poll-again' ? decision : undefined;
  return {
    at: new Date(at).toISOString(),
    method: facts.method,
    status: facts.status ?? null,
    durationMs: Math.round(facts.durationMs),
    requestedDelayMs: again?.requestedDelayMs ?? null,
    appliedDelayMs: again?.delayMs ?? null,
    progress: ('progress' in decision ? decision.progress : undefined) ?? null,
    requestId: facts.requestId ?? null,
    reason: ('reason' in decision ? decision.reason : undefined) ?? null,
    anomalies: 'anomalies' in decision ? [...decision.anomalies] : [],
  };
}
