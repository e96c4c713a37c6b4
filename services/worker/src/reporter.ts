import { type EventWord, events } from '@bulkwatch/contract';
import { type AnyDecision, changedHealth, type StatusReading } from '@bulkwatch/core';
import type { RefusalReason } from '@bulkwatch/egress';
import { createProblemLog, type Logger, type Metrics, systemClock } from '@bulkwatch/runtime';
import type {
  ApplyResult,
  Claim,
  ClaimResult,
  PollFacts,
  Removed,
  ToldExpiry,
} from '@bulkwatch/store';

export interface PolledReport {
  readonly claim: Claim;
  readonly requestId: string;
  /** Undefined where no answer came, and for a delete request. */
  readonly reading: StatusReading | undefined;
  readonly decision: AnyDecision;
  readonly facts: PollFacts;
  readonly applied: ApplyResult;
  /** From the last byte of the answer until what it came to was recorded, ms. */
  readonly sinceAnswerMs: number;
}

/** One helper per happening: its log line and its metrics live together. None of them throws. */
export interface Reporter {
  claimed(result: ClaimResult): void;
  abandonedClaim(claim: Claim): void;
  polled(report: PolledReport): void;
  /** A job, or the refresh of one, ended without a request: it was held until its time was up. */
  endedUnasked(claim: Claim, applied: ApplyResult): void;
  rescued(count: number): void;
  /** Subscribers were told that the files of a job expire soon, or have expired. */
  toldExpiry(told: ToldExpiry): void;
  /** What had been kept long enough was removed. */
  removed(removed: Removed): void;
  tokenRequested(outcome: 'issued' | 'refused' | 'failed'): void;
  /** The egress guard let something not through. */
  refused(reason: RefusalReason, origin: string): void;
  /** A changed tenants file was taken, or turned down and the old one kept. */
  tenantsReloaded(outcome: 'loaded' | 'rejected', error?: unknown): void;
  /** A changed credentials file was taken, or turned down and the old one kept. */
  credentialsReloaded(outcome: 'loaded' | 'rejected', error?: unknown): void;
  problem(what: string, error: unknown): void;
}

export function createReporter(logger: Logger, metrics: Metrics<'worker'>): Reporter {
  const problem = createProblemLog(logger, systemClock);
  return {
    claimed(result) {
      metrics.claimsTotal.inc({ result: result.kind === 'dropped' ? result.why : result.kind });
      if (result.kind === 'early' && result.heldBy)
        metrics.pollsHeldTotal.inc({ hold: result.heldBy });
      if (result.kind !== 'claimed' || result.claim.action !== 'poll') return;
      countStart(metrics, result.claim);
    },

    abandonedClaim(claim) {
      metrics.claimsTotal.inc({ result: 'abandoned' });
      logger.warn({ jobId: claim.jobId, provider: claim.job.provider }, 'claim handed back unused');
    },

    polled(report) {
      if (report.claim.action === 'delete') countDelete(metrics, report);
      else countPoll(metrics, report);
      if (report.applied.kind === 'stale') metrics.staleResultsTotal.inc();
      else countChange(metrics, report.applied.told, report);
      logPoll(logger, report);
      reportCircuit(logger, metrics, report);
      const { decision } = report;
      // One line for the provider, not one for each of its jobs: it may have a million.
      if (decision.next === 'poll-again' && decision.reason)
        problem(`polls fail at ${report.claim.job.provider}: ${decision.reason}`, undefined);
    },

    endedUnasked({ jobId, job: { provider, refresh, cleanUp } }, applied) {
      if (applied.kind === 'stale') return;
      for (const event of applied.told) metrics.eventsPublishedTotal.inc({ event });
      const next = refresh
        ? 'refresh-failed'
        : cleanUp
          ? 'clean-up-failed'
          : applied.kind === 'settled'
            ? applied.state
            : 'again';
      logger.info(
        { jobId, provider, next },
        'ended without a request: it was held until its time was up',
      );
    },

    rescued(count) {
      metrics.rescuesTotal.inc(count);
      logger.warn({ count }, 'jobs rescued: their wake-ups were lost');
    },

    toldExpiry({ event, acknowledgement }) {
      metrics.eventsPublishedTotal.inc({ event });
      if (event === 'expired') metrics.expiredJobsTotal.inc({ acknowledgement });
    },

    removed({ jobs, manifests, timelines }) {
      metrics.removedTotal.inc({ kind: 'job' }, jobs);
      metrics.removedTotal.inc({ kind: 'manifest' }, manifests);
      metrics.removedTotal.inc({ kind: 'timeline' }, timelines);
      if (jobs + manifests + timelines > 0)
        logger.debug({ jobs, manifests, timelines }, 'removed what was kept long enough');
    },

    tokenRequested: (outcome) => metrics.tokenRequestsTotal.inc({ outcome }),

    refused(reason, origin) {
      metrics.egressRefusalsTotal.inc({ reason });
      problem(`refused to ask ${origin}: ${reason}`, undefined);
    },

    tenantsReloaded(outcome, error) {
      metrics.tenantsReloadsTotal.inc({ outcome });
      if (outcome === 'loaded') logger.info('tenants file read again');
      else
        logger.error({ err: error }, 'changed tenants file rejected: the old one stays in force');
    },

    credentialsReloaded(outcome, error) {
      metrics.credentialReloadsTotal.inc({ outcome });
      if (outcome === 'loaded') logger.info('credentials read again');
      else logger.error({ err: error }, 'changed credentials rejected: the old ones stay in force');
    },

    problem,
  };
}

function reportCircuit(
  logger: Logger,
  metrics: Metrics<'worker'>,
  { claim, applied: { circuit } }: PolledReport,
): void {
  if (!circuit) return;
  metrics.circuitChangesTotal.inc({ change: circuit });
  const { provider } = claim.job;
  if (circuit === 'opened') logger.warn({ provider }, 'provider is out: it is probed from now on');
  else logger.info({ provider }, 'provider is back');
}

/** Late by less than this, or by this share of the wait that the provider asked for, a poll is on time. */
const punctualMs = 5_000;
const punctualShare = 0.01;

function countStart(metrics: Metrics<'worker'>, { claimedAt, dueAt, job }: Claim): void {
  const lateMs = Math.max(0, claimedAt - dueAt);
  metrics.pollLatenessSeconds.observe(lateMs / 1000);
  const isPunctual = lateMs < Math.max(punctualMs, punctualShare * (job.retryAfterMs ?? 0));
  metrics.pollsStartedTotal.inc({ punctual: isPunctual ? 'true' : 'false' });
}

const outcomeLabels = {
  'in-progress': 'in_progress',
  page: 'manifest_page',
  elsewhere: 'redirected',
  complete: 'complete',
  'export-failed': 'export_failed',
  'poll-failed': 'poll_failed',
  'not-acceptable': 'poll_failed',
} as const;

/** A page or a redirect that is not taken up, such as the fourth in a row, is a failed poll too. */
function outcomeLabel({ reading, decision }: PolledReport) {
  const kind = reading?.kind ?? 'poll-failed';
  const isFailure = decision.next === 'poll-again' && decision.reason !== undefined;
  return isFailure && kind !== 'export-failed' ? 'poll_failed' : outcomeLabels[kind];
}

function countPoll(metrics: Metrics<'worker'>, report: PolledReport): void {
  const { decision, facts, applied } = report;
  metrics.pollsTotal.inc({
    outcome: outcomeLabel(report),
    reason: ('reason' in decision ? decision.reason : undefined) ?? 'none',
  });
  metrics.pollDurationSeconds.observe(facts.durationMs / 1000);
  if (decision.next === 'poll-again' && decision.requestedDelayMs !== undefined)
    countWait(metrics, decision.requestedDelayMs, applied);
  if (applied.kind === 'settled' && applied.told.includes('completed'))
    metrics.completionDelaySeconds.observe(report.sinceAnswerMs / 1000);
  if ('anomalies' in decision)
    for (const anomaly of decision.anomalies) metrics.responseAnomaliesTotal.inc({ anomaly });
}

function countWait(metrics: Metrics<'worker'>, askedMs: number, applied: ApplyResult): void {
  metrics.retryAfterRequestedSeconds.observe(askedMs / 1000);
  if (applied.kind === 'again') metrics.retryAfterAppliedSeconds.observe(applied.delayMs / 1000);
}

function countDelete(metrics: Metrics<'worker'>, { claim, decision }: PolledReport): void {
  const counter = claim.job.cleanUp ? metrics.cleanUpRequestsTotal : metrics.deleteRequestsTotal;
  counter.inc({ outcome: deleteOutcome(decision) });
}

function deleteOutcome(decision: AnyDecision): 'accepted' | 'refused' | 'failed' {
  if (decision.next === 'poll-again') return 'failed';
  return 'reason' in decision && decision.reason !== 'cancelled-by-request'
    ? 'refused'
    : 'accepted';
}

/** What came of a result that was applied: the events that went out with it, and another health. */
function countChange(
  metrics: Metrics<'worker'>,
  told: readonly EventWord[],
  { claim, decision }: PolledReport,
): void {
  for (const event of told) metrics.eventsPublishedTotal.inc({ event });
  // A completed job has no health to lose.
  if (claim.job.refresh || claim.job.cleanUp || isAfterwards(decision)) return;
  const health = changedHealth(claim.job, decision);
  if (health !== undefined) metrics.healthChangesTotal.inc({ health });
}

/** The ends of what is asked of the provider of a completed job, and how the log speaks of them. */
const endings = {
  refreshed: 'refresh ended',
  'refresh-failed': 'refresh ended',
  'cleaned-up': 'export deleted at its provider',
  'clean-up-failed': 'export not deleted at its provider',
} as const;

const isAfterwards = (
  decision: AnyDecision,
): decision is Extract<AnyDecision, { readonly next: keyof typeof endings }> =>
  decision.next in endings;

/** A state change is worth an info line, a poll only a debug one: there are thousands a second. */
function logPoll(logger: Logger, report: PolledReport): void {
  const { claim, decision, facts, applied, requestId } = report;
  const fields = {
    jobId: claim.jobId,
    provider: claim.job.provider,
    method: facts.method,
    status: facts.status,
    durationMs: Math.round(facts.durationMs),
    requestId,
    providerRequestId: facts.requestId,
    next: decision.next,
    reason: 'reason' in decision ? decision.reason : undefined,
    delayMs: applied.kind === 'again' ? applied.delayMs : undefined,
  };
  if (applied.kind === 'stale') logger.warn(fields, 'result came too late and was dropped');
  else if (isAfterwards(decision)) logger.info(fields, endings[decision.next]);
  else if (applied.kind === 'settled') {
    const settled = { ...fields, event: events[applied.state].type };
    if (fields.reason === 'manifest-incomplete')
      logger.warn(settled, 'job settled: a part of its manifest is missing');
    else logger.info(settled, 'job settled');
  } else if (isBegun(report)) logger.info(fields, 'job in progress');
  else if (applied.told.includes('stalled')) logger.info(fields, 'export stalled');
  else logger.debug(fields, 'polled');
}

/** The first clean answer: the one change of state that does not settle the job. */
function isBegun({ claim, decision }: PolledReport): boolean {
  return claim.job.state === 'registered' && decision.next === 'poll-again' && decision.inProgress;
}
