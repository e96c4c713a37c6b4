import type { AnyDecision, Complete, PollAgain } from '@bulkwatch/core';
import type { Claim, PollFacts } from '@bulkwatch/store';
import fc from 'fast-check';

/** What an answer may have brought, of which each claim takes what fits it. */
export interface Finding {
  readonly ends: boolean;
  readonly how: 'complete' | 'fail' | 'abandon' | 'cancel';
  readonly again: Omit<PollAgain, 'next' | 'page' | 'memory' | 'anomalies'>;
  readonly pageNumber: number | undefined;
  readonly expiresInMs: number | undefined;
  readonly facts: PollFacts;
}

const delays = fc.constantFrom(0, 100, 1_000, 1_000, 12_345, 60_000, 3_600_000);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Members that are undefined are left out, as the core leaves them out. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

const again = fc
  .record({
    delayMs: delays,
    requestedDelayMs: maybe(delays),
    health: fc.constantFrom('ok', 'rate-limited', 'unreachable', 'auth-blocked', 'provider-error'),
    reason: maybe(fc.constantFrom('auth-rejected', 'rate-limited', 'provider-error')),
    inProgress: fc.boolean(),
    progressed: fc.boolean(),
    progress: maybe(fc.constantFrom('10%', '50% done', 'soon')),
    progressPercent: maybe(fc.constantFrom(10, 50)),
    movedAt: maybe(fc.constant(1_767_600_000_000)),
    stalled: maybe(fc.constant({ since: 1_767_600_000_000, thresholdMs: 60_000 })),
    pauseProviderMs: seldom(delays),
    failureCount: fc.nat(3),
    backoffCount: fc.nat(3),
    suspectCount: fc.nat(2),
    partials: maybe(fc.constant(['{"output":[]}'])),
  })
  .map((members) => present(members) as unknown as Finding['again']);

const facts = fc
  .record({
    method: fc.constantFrom('GET' as const, 'DELETE' as const),
    status: maybe(fc.constantFrom(200, 202, 404, 429, 500)),
    durationMs: fc.oneof(fc.nat(300), fc.integer({ min: 300, max: 20_000 })),
    verdict: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'unknown' as const),
    requestId: maybe(fc.constant('opc-1')),
    elsewhere: maybe(fc.constant(true)),
  })
  .map((members) => present(members) as unknown as PollFacts);

export const findings: fc.Arbitrary<Finding> = fc.record({
  ends: fc.nat(5).map((n) => n === 0),
  how: fc.constantFrom('complete', 'complete', 'complete', 'fail', 'abandon', 'cancel'),
  again,
  pageNumber: maybe(fc.nat(2)),
  expiresInMs: maybe(fc.constantFrom(1_000, 3_600_000, 7 * 86_400_000)),
  facts,
});

const text =
  '{"transactionTime":"2026-01-04T17:42:25.000Z","output":[{"type":"Patient","url":"u"}],"error":[]}';

const pageOf = (n: number | undefined) =>
  n === undefined
    ? {}
    : { page: { url: `https://a.example/page/${n}`, bytes: new TextEncoder().encode(text) } };

const completion = (finding: Finding, at: number): Omit<Complete, 'next'> => ({
  manifest: new TextEncoder().encode(text),
  summary: {
    outputCount: 1,
    errorCount: 0,
    transactionTime: '2026-01-04T17:42:25.000Z',
    bytes: text.length,
  },
  anomalies: ['content-type-unexpected' as const].slice(finding.expiresInMs ? 1 : 0),
  ...(finding.expiresInMs === undefined ? {} : { expiresAt: at + finding.expiresInMs }),
  ...pageOf(finding.pageNumber),
});

/** What a worker would make of the finding for this claim; `at` is epoch ms. */
export function decisionOn({ action, job }: Claim, finding: Finding, at: number): AnyDecision {
  const { ends, how, again: waits, pageNumber } = finding;
  if (!ends && action !== 'abandon')
    return { next: 'poll-again', ...waits, ...pageOf(pageNumber), anomalies: [] };
  if (job.refresh) {
    return how === 'complete' && action !== 'abandon'
      ? { next: 'refreshed', ...completion(finding, at) }
      : { next: 'refresh-failed', reason: 'export-expired' };
  }
  if (job.cleanUp) {
    return how === 'complete' && action !== 'abandon'
      ? { next: 'cleaned-up' }
      : { next: 'clean-up-failed', reason: 'delete-refused' };
  }
  if (action === 'abandon') return { next: 'abandon', reason: 'tracking-deadline' };
  if (action === 'delete') return { next: 'cancel', reason: 'cancelled-by-request' };
  if (how === 'complete') return { next: 'complete', ...completion(finding, at) };
  return { next: how, reason: how === 'abandon' ? 'tracking-deadline' : 'export-failed' };
}

/** An abandoned claim has asked nobody. */
export const factsOf = ({ action }: Claim, { facts: seen }: Finding): PollFacts =>
  action === 'abandon' ? { method: null, durationMs: 0, verdict: 'unknown' } : seen;
