import type { EventWord, FinalState, JobState, Poll, PollHealth } from '@bulkwatch/contract';
import {
  type AnyDecision,
  changedHealth,
  type Decision,
  type ManifestPage,
  type PollAgain,
  type Standstill,
  writePollMemory,
} from '@bulkwatch/core';
import { cleanUpEnded } from './clean-up-change.js';
import { clearedFields, present } from './job-record.js';
import type { Claim, PollFacts } from './job-store.js';
import {
  completedFields,
  type Fields,
  lastingFields,
  polledFields,
  pollOf,
  progressFields,
  whyFields,
} from './poll-fields.js';
import { refreshed, refreshFailed } from './refresh-change.js';

/** What a decision does to the record. A field that is undefined in `set` is cleared. */
export interface JobChange {
  readonly state: JobState;
  /** Until the next poll; undefined when the job is settled. */
  readonly delayMs?: number;
  readonly set: Fields;
  readonly event?: EventWord;
  /** In JSON; subscribers are told of each, after `event`. */
  readonly partials?: readonly string[];
  /** Subscribers are told of it, last but for `previousHealth`. */
  readonly stalled?: Standstill;
  /** Set where the health of an open job changes: subscribers who want that are told, after all else. */
  readonly previousHealth?: PollHealth;
  /** To be kept with those that came before it. */
  readonly page?: ManifestPage;
  readonly manifest?: Uint8Array;
  /** The event refers to the manifest, however small it is. */
  readonly onlyByReference?: boolean;
  /** What the provider asked for. Until when that is, Redis says: our notion of its clock may be behind. */
  readonly askedMs?: number;
  readonly learntRetryAfterMs?: number;
  readonly pauseProviderMs?: number;
  /** Set where the job's token was refused: the wait that the provider asked for, 0 where it asked for none. */
  readonly refused?: { readonly askedMs: number };
  /** Undefined where nothing was asked. */
  readonly poll: Poll | undefined;
}

/** One clause per decision: what it means for the record, the timeline and the event stream. `at` is epoch ms. */
export function changeOf(
  claim: Claim,
  decision: AnyDecision,
  facts: PollFacts,
  at: number,
): JobChange {
  switch (decision.next) {
    case 'poll-again':
      return claim.job.refresh || claim.job.cleanUp
        ? { state: 'completed', ...waiting(waitOn(claim, decision, at), facts, at) }
        : pollAgain(claim, waitOn(claim, decision, at), facts, at);
    case 'complete':
      return {
        ...settled(
          'completed',
          { claim, decision, facts, at },
          { ...lastingFields(claim), ...completedFields(decision) },
        ),
        manifest: decision.manifest,
        ...present({ page: decision.page, onlyByReference: decision.onlyByReference }),
      };
    case 'fail':
      return settled('failed', { claim, decision, facts, at }, whyFields(decision));
    case 'abandon':
      return settled('abandoned', { claim, decision, facts, at }, whyFields(decision));
    case 'cancel':
      return settled('cancelled', { claim, decision, facts, at }, whyFields(decision));
    case 'refreshed':
      return refreshed(claim, decision, facts, at);
    case 'refresh-failed':
      return refreshFailed(claim, decision, facts, at);
    case 'cleaned-up':
    case 'clean-up-failed':
      return cleanUpEnded(claim, decision, facts, at);
  }
}

/** A poll that was forced does not end the wait that it was forced through, unless its answer asks for another one. */
function waitOn({ action, job }: Claim, decision: PollAgain, at: number): PollAgain {
  if (action !== 'poll' || decision.requestedDelayMs !== undefined) return decision;
  return { ...decision, delayMs: Math.max(decision.delayMs, (job.retryAfterUntil ?? 0) - at) };
}

function pollAgain(claim: Claim, decision: PollAgain, facts: PollFacts, at: number): JobChange {
  const { job } = claim;
  const { set, ...change } = waiting(decision, facts, at);
  return {
    ...change,
    state: decision.inProgress ? 'in-progress' : job.state,
    set: {
      ...set,
      ...(decision.saysNothing ? {} : healthFields(decision)),
      ...sinceWhen(job, decision, at),
      ...progressFields(decision),
      ...movementFields(decision, at),
    },
    ...(decision.progressed ? { event: 'progressed' as const } : {}),
    ...present({
      partials: decision.partials,
      stalled: decision.stalled,
      previousHealth: changedHealth(job, decision) && (job.health ?? 'ok'),
    }),
  };
}

/** What the next poll rests on. Of a completed job that is polled for fresh links there is no more to tell. */
function waiting(decision: PollAgain, facts: PollFacts, at: number): Omit<JobChange, 'state'> {
  const asked = decision.requestedDelayMs !== undefined;
  return {
    delayMs: decision.delayMs,
    set: {
      ...polledFields(facts, at),
      failureCount: decision.failureCount || undefined,
      failingSince: decision.failingSince,
      backoffCount: decision.backoffCount || undefined,
      suspectReason: decision.suspectReason,
      suspectCount: decision.suspectCount || undefined,
      ...(asked ? { retryAfterMs: askedFor(decision) } : {}),
      ...(decision.memory ? { memory: writePollMemory(decision.memory) } : {}),
    },
    ...(asked ? { askedMs: askedFor(decision) } : {}),
    ...(asked && decision.inProgress && !facts.elsewhere
      ? { learntRetryAfterMs: askedFor(decision) }
      : {}),
    ...present({
      refused: decision.reason === 'auth-rejected' ? { askedMs: askedFor(decision) } : undefined,
      pauseProviderMs: facts.elsewhere ? undefined : decision.pauseProviderMs,
      page: decision.page,
    }),
    poll: pollOf(decision, facts, at),
  };
}

const healthFields = ({ health, reason, detail }: PollAgain): Fields => ({
  health: health === 'ok' ? undefined : health,
  reason,
  detail,
});

/** Since when the health is what it is, where it changes. */
const sinceWhen = (job: Claim['job'], decision: Decision, at: number): Fields =>
  changedHealth(job, decision) === undefined ? {} : { healthSince: at };

/** What was seen of the export's movement; what an answer says nothing of stays as it is. */
const movementFields = (decision: PollAgain, at: number): Fields => ({
  ...(decision.movedAt === undefined ? {} : { movedAt: decision.movedAt, stalledAt: undefined }),
  ...(decision.stalled === undefined ? {} : { stalledAt: at }),
  ...present({ percentFrom: decision.percentFrom, percentFromAt: decision.percentFromAt }),
});

/** The provider's Retry-After as it was applied, without what our own back-off added to it. */
const askedFor = ({ requestedDelayMs = 0, delayMs }: PollAgain): number =>
  Math.ceil(Math.min(requestedDelayMs, delayMs));

interface Settling {
  readonly claim: Claim;
  readonly decision: Decision;
  readonly facts: PollFacts;
  readonly at: number;
}

/** A final state and its event have the same name. */
function settled(
  state: FinalState,
  { claim, decision, facts, at }: Settling,
  fields: Fields,
): JobChange {
  const cleared = Object.fromEntries(
    [...clearedFields(state), 'reason', 'detail'].map((field) => [field, undefined]),
  );
  return {
    state,
    event: state,
    set: {
      ...polledFields(facts, at),
      settledAt: at,
      eventOccurrence: claim.epoch,
      ...cleared,
      ...sinceWhen(claim.job, decision, at),
      ...fields,
    },
    poll: pollOf(decision, facts, at),
  };
}
