import type { Anomaly, ScoredOutcome } from '@bulkwatch/contract';
import type { AnyDecision, CleanedUp } from '@bulkwatch/core';

import type { PollFacts } from './job-store.js';

/** A kind of polls that one counter counts. Most polls of a provider are of very few kinds. */
export interface PollKind {
  /** HTTP status; undefined where no answer came. */
  readonly status?: number;
  readonly outcome: ScoredOutcome;
  /** The Retry-After in ms as it was applied, to two digits; undefined where there was none. */
  readonly waitMs?: number;
  /** Upper bound of the time that the answer took, in ms; undefined where no answer came. */
  readonly answerMs?: number;
}

/** The counter of manifests of which the provider does not say when they expire. */
export const withoutExpiryCounter = 'withoutExpiry';

const pollPrefix = 'poll:';
const anomalyPrefix = 'anomaly:';

/**
 * The counters of its provider's scorecard that a poll adds one to. None where it says nothing of the provider:
 * nothing was sent, another origin answered, or it was a delete request.
 */
export function scoreOf(decision: AnyDecision, facts: PollFacts): readonly string[] {
  const saysNothing = facts.method !== 'GET' || facts.verdict === 'unknown';
  if (saysNothing || decision.next === 'cleaned-up') return [];
  const waitMs = waitAsked(decision);
  const kind = pollCounter({
    outcome: outcomeOf(decision),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(facts.status === undefined
      ? {}
      : { status: facts.status, answerMs: answerTimeBound(facts.durationMs) }),
  });
  const anomalies = 'anomalies' in decision ? decision.anomalies : [];
  const hasExpiry =
    !('manifest' in decision) || (decision.expiresAt !== undefined && !decision.expiryAssumed);
  return [
    kind,
    ...(hasExpiry ? [] : [withoutExpiryCounter]),
    ...anomalies.map((anomaly) => anomalyPrefix + anomaly),
  ];
}

type ScoredDecision = Exclude<AnyDecision, CleanedUp>;

function outcomeOf(decision: ScoredDecision): ScoredOutcome {
  if ('manifest' in decision) return 'complete';
  if (decision.next !== 'poll-again') return decision.reason;
  if (decision.reason !== undefined) return decision.reason;
  if (decision.memory?.redirect !== undefined) return 'redirected';
  return decision.page === undefined ? 'in-progress' : 'manifest-page';
}

function waitAsked(decision: ScoredDecision): number | undefined {
  if (decision.next !== 'poll-again' || decision.requestedDelayMs === undefined) return undefined;
  return Number(Math.min(decision.requestedDelayMs, decision.delayMs).toPrecision(2));
}

/** Five bounds to a power of ten (ISO 3, series R 5): a figure read off them is at most 60 % too high. */
const renardSeries = [10, 16, 25, 40, 63] as const;

/** The least bound, from 10 ms on, that is not below a time in ms. */
export function answerTimeBound(durationMs: number): number {
  let decade = 1;
  while (durationMs > 100 * decade) decade *= 10;
  const bound = renardSeries.find((base) => durationMs <= base * decade);
  return (bound ?? 100) * decade;
}

function pollCounter({ status, outcome, waitMs, answerMs }: PollKind): string {
  return `${pollPrefix}${status ?? ''}:${outcome}:${waitMs ?? ''}:${answerMs ?? ''}`;
}

/** The kind of polls that a counter counts; undefined where it counts something else. */
export function pollKindOf(counter: string): PollKind | undefined {
  if (!counter.startsWith(pollPrefix)) return undefined;
  const [status = '', outcome = '', waitMs = '', answerMs = ''] = counter
    .slice(pollPrefix.length)
    .split(':');
  return {
    outcome: outcome as ScoredOutcome,
    ...(status === '' ? {} : { status: Number(status) }),
    ...(waitMs === '' ? {} : { waitMs: Number(waitMs) }),
    ...(answerMs === '' ? {} : { answerMs: Number(answerMs) }),
  };
}

/** The anomaly that a counter counts; undefined where it counts something else. */
export const anomalyOf = (counter: string): Anomaly | undefined =>
  counter.startsWith(anomalyPrefix) ? (counter.slice(anomalyPrefix.length) as Anomaly) : undefined;
