import type { EventWord, FinalState, JobState, Poll } from '@bulkwatch/contract';
import {
  type Complete,
  type Decision,
  type Fail,
  type ManifestPage,
  type PollAgain,
  writePollMemory,
} from '@bulkwatch/core';
import { openJobFields, present } from './job-record.js';
import type { Claim, PollFacts } from './job-store.js';

type Fields = Readonly<Record<string, string | number | undefined>>;

/** What a decision does to the record. A field that is undefined in `set` is cleared. */
export interface JobChange {
  readonly state: JobState;
  /** Until the next poll; undefined when the job is settled. */
  readonly delayMs?: number;
  readonly set: Fields;
  readonly event?: EventWord;
  /** In JSON; subscribers are told of each, after `event`. */
  readonly partials?: readonly string[];
  /** To be kept with those that came before it. */
  readonly page?: ManifestPage;
  readonly manifest?: Uint8Array;
  /** The event refers to the manifest, however small it is. */
  readonly onlyByReference?: boolean;
  readonly learntRetryAfterMs?: number;
  readonly pauseProviderMs?: number;
  /** Set where the job's token was refused: the wait that the provider asked for, 0 where it asked for none. */
  readonly refused?: { readonly askedMs: number };
  readonly poll: Poll;
}

/** One clause per decision: what it means for the record, the timeline and the event stream. `at` is epoch ms. */
export function changeOf(
  claim: Claim,
  decision: Decision,
  facts: PollFacts,
  at: number,
): JobChange {
  switch (decision.next) {
    case 'poll-again':
      return pollAgain(claim, decision, facts, at);
    case 'complete':
      return {
        ...settled('completed', { decision, facts, at }, completedFields(decision)),
        manifest: decision.manifest,
        ...present({ page: decision.page, onlyByReference: decision.onlyByReference }),
      };
    case 'fail':
      return settled('failed', { decision, facts, at }, whyFields(decision));
    case 'abandon':
      return settled('abandoned', { decision, facts, at }, whyFields(decision));
    case 'cancel':
      return settled('cancelled', { decision, facts, at }, whyFields(decision));
  }
}

function pollAgain(claim: Claim, decision: PollAgain, facts: PollFacts, at: number): JobChange {
  const { job } = claim;
  const asked = decision.requestedDelayMs !== undefined;
  return {
    state: decision.inProgress ? 'in-progress' : job.state,
    delayMs: decision.delayMs,
    set: {
      ...polledFields(facts, at),
      ...(decision.saysNothing ? {} : healthFields(decision)),
      ...progressFields(decision),
      failureCount: decision.failureCount || undefined,
      failingSince: decision.failingSince,
      backoffCount: decision.backoffCount || undefined,
      suspectReason: decision.suspectReason,
      suspectCount: decision.suspectCount || undefined,
      ...(asked ? { retryAfterMs: askedFor(decision) } : {}),
      ...(decision.memory ? { memory: writePollMemory(decision.memory) } : {}),
    },
    ...(decision.progressed ? { event: 'progressed' as const } : {}),
    ...(asked && decision.inProgress && !facts.elsewhere
      ? { learntRetryAfterMs: askedFor(decision) }
      : {}),
    ...present({
      refused: decision.reason === 'auth-rejected' ? { askedMs: askedFor(decision) } : undefined,
      pauseProviderMs: facts.elsewhere ? undefined : decision.pauseProviderMs,
      page: decision.page,
      partials: decision.partials,
    }),
    poll: pollOf(decision, facts, at),
  };
}

const healthFields = ({ health, reason, detail }: PollAgain): Fields => ({
  health: health === 'ok' ? undefined : health,
  reason,
  detail,
});

/** The provider's Retry-After as it was applied, without what our own back-off added to it. */
const askedFor = ({ requestedDelayMs = 0, delayMs }: PollAgain): number =>
  Math.ceil(Math.min(requestedDelayMs, delayMs));

/** A final state and its event have the same name. */
function settled(
  state: FinalState,
  { decision, facts, at }: { decision: Decision; facts: PollFacts; at: number },
  fields: Fields,
): JobChange {
  const cleared = Object.fromEntries(
    [...openJobFields, 'reason', 'detail'].map((field) => [field, undefined]),
  );
  return {
    state,
    event: state,
    set: { ...polledFields(facts, at), settledAt: at, ...cleared, ...fields },
    poll: pollOf(decision, facts, at),
  };
}

const whyFields = ({ reason, detail }: Partial<Pick<Fail, 'reason' | 'detail'>>): Fields => ({
  reason,
  detail,
});

const completedFields = (decision: Complete): Fields => ({
  ...progressFields(decision),
  ...whyFields(decision),
  expiresAt: decision.expiresAt,
  expiryAssumed: decision.expiryAssumed ? 1 : undefined,
  outputCount: decision.summary.outputCount,
  errorCount: decision.summary.errorCount,
  transactionTime: decision.summary.transactionTime ?? undefined,
  manifestBytes: decision.summary.bytes,
});

const polledFields = (facts: PollFacts, at: number): Fields =>
  facts.method === 'GET'
    ? { lastPolledAt: at, ...(facts.requestId ? { requestId: facts.requestId } : {}) }
    : {};

/** Progress is what was last heard: an answer without it clears nothing. */
function progressFields(decision: { progress?: string; progressPercent?: number }): Fields {
  return decision.progress === undefined
    ? {}
    : { progress: decision.progress, progressPercent: decision.progressPercent };
}

function pollOf(decision: Decision, facts: PollFacts, at: number): Poll {
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
