import type { Scorecard } from '@bulkwatch/contract';
import { anomalyOf, type PollKind, pollKindOf, withoutExpiryCounter } from './score.js';

type CountedPolls = PollKind & { readonly count: number };

/** Sums up the counters of some days, a hash for each: how a provider has answered in them. */
export function scorecardOf(
  days: { readonly fromDay: string; readonly toDay: string },
  hashes: readonly Readonly<Record<string, string>>[],
): Scorecard {
  const counters = sumOf(hashes);
  const polls = pollsIn(counters);
  const pollCount = countOf(polls);
  return {
    ...days,
    pollCount,
    answers: answersIn(polls, pollCount),
    retryAfter: retryAfterIn(polls),
    withoutExpiryCount: counters.get(withoutExpiryCounter) ?? 0,
    anomalies: anomaliesIn(counters, pollCount),
    answerTime: answerTimeIn(polls),
  };
}

function sumOf(hashes: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [counter, amount] of hashes.flatMap((hash) => Object.entries(hash)))
    sums.set(counter, (sums.get(counter) ?? 0) + Number(amount));
  return sums;
}

function pollsIn(counters: ReadonlyMap<string, number>): readonly CountedPolls[] {
  return Array.from(counters).flatMap(([counter, count]) => {
    const kind = pollKindOf(counter);
    return kind ? [{ ...kind, count }] : [];
  });
}

const countOf = (polls: readonly CountedPolls[]): number =>
  polls.reduce((sum, { count }) => sum + count, 0);

/** To four digits; 0 of nothing. */
const shareOf = (count: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((count / whole) * 10_000) / 10_000;

const byCount = (a: { readonly count: number }, b: { readonly count: number }): number =>
  b.count - a.count;

function answersIn(polls: readonly CountedPolls[], pollCount: number): Scorecard['answers'] {
  const answers = new Map<string, Omit<Scorecard['answers'][number], 'share'>>();
  for (const { status = null, outcome, count } of polls) {
    const alike = `${status} ${outcome}`;
    answers.set(alike, { status, outcome, count: count + (answers.get(alike)?.count ?? 0) });
  }
  return Array.from(answers.values(), (answer) => ({
    ...answer,
    share: shareOf(answer.count, pollCount),
  })).toSorted(byCount);
}

function retryAfterIn(polls: readonly CountedPolls[]): Scorecard['retryAfter'] {
  const waits = polls.filter(({ waitMs }) => waitMs !== undefined);
  const goingOn = polls.filter(({ outcome }) => outcome === 'in-progress');
  const missingCount = countOf(goingOn.filter(({ waitMs }) => waitMs === undefined));
  return {
    askedCount: countOf(waits),
    p50Ms: atMost(waits, 'waitMs', 0.5),
    p90Ms: atMost(waits, 'waitMs', 0.9),
    missingCount,
    missingShare: shareOf(missingCount, countOf(goingOn)),
  };
}

function anomaliesIn(
  counters: ReadonlyMap<string, number>,
  pollCount: number,
): Scorecard['anomalies'] {
  const anomalies = Array.from(counters).flatMap(([counter, count]) => {
    const name = anomalyOf(counter);
    return name ? [{ name, count, share: shareOf(count, pollCount) }] : [];
  });
  return anomalies.toSorted(byCount);
}

function answerTimeIn(polls: readonly CountedPolls[]): Scorecard['answerTime'] {
  const answered = polls.filter(({ answerMs }) => answerMs !== undefined);
  return {
    p50Ms: atMost(answered, 'answerMs', 0.5),
    p90Ms: atMost(answered, 'answerMs', 0.9),
    p99Ms: atMost(answered, 'answerMs', 0.99),
  };
}

/** What such a share of these polls has at most (nearest rank); null of no polls. */
function atMost(
  polls: readonly CountedPolls[],
  member: 'waitMs' | 'answerMs',
  share: number,
): number | null {
  let left = Math.ceil(share * countOf(polls));
  for (const poll of polls.toSorted((a, b) => Number(a[member]) - Number(b[member]))) {
    left -= poll.count;
    if (left <= 0) return poll[member] ?? null;
  }
  return null;
}
