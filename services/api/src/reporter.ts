import type { DocumentOutcome, RefusalReason } from '@bulkwatch/egress';
import {
  createFloodGate,
  createProblemLog,
  type Logger,
  type Metrics,
  systemClock,
} from '@bulkwatch/runtime';
import type {
  AcknowledgeResult,
  CancelResult,
  ControlResult,
  RepublishResult,
} from '@bulkwatch/store';
import type { Refusal } from './auth/authentication.js';
import type { ControlRequest } from './control-job.js';
import type { EndCause } from './events/subscribers.js';
import type { RefusedUrl } from './read-registration.js';
import type { RegisterOutcome } from './register.js';

/** One helper per happening: its log line and its metrics live together. None of them throws. */
export interface Reporter {
  registered(outcome: RegisterOutcome, requestId: string): void;
  cancelled(result: CancelResult, requestId: string): void;
  /** A subscriber has what it wants of a job. */
  acknowledged(
    result: Extract<AcknowledgeResult, { readonly kind: 'acknowledged' }>,
    request: { readonly subscriber: string; readonly requestId: string },
  ): void;
  /** Something was to be done with a job. */
  controlled(
    request: Pick<ControlRequest, 'action' | 'jobId' | 'force' | 'requestId'>,
    result: ControlResult | RepublishResult,
  ): void;
  /**
   * A caller is turned away: not known, not allowed, or too often here. All are counted; of many for one cause from
   * one source only some are logged. Returns whether this one was.
   */
  refusedCaller(
    refusal: Pick<Refusal, 'cause' | 'reason' | 'about'>,
    request: { readonly requestId: string; readonly source: string },
  ): boolean;
  /** So many subscribers are sent events now. */
  subscribersCounted(count: number): void;
  subscriberEnded(cause: EndCause): void;
  /** There were too many subscribers for one more. */
  subscriberRefused(): void;
  /** Something threw that nobody foresaw. */
  failed(error: unknown, requestId: string): void;
  /** Trouble that no request waits for. */
  problem(what: string, error: unknown): void;
  /** The issuer was asked for its keys. */
  issuerKeysFetched(outcome: DocumentOutcome): void;
  /** The egress guard let something not through. */
  refusedToAsk(reason: RefusalReason, origin: string): void;
  /** Somebody wanted events posted where that may not be. */
  webhookRefused(refusal: RefusedUrl | undefined): void;
  /** A changed tenants file was taken, or turned down and the old one kept. */
  tenantsReloaded(outcome: 'loaded' | 'rejected', error?: unknown): void;
  /** A changed credentials file was taken, or turned down and the old one kept. */
  credentialsReloaded(outcome: 'loaded' | 'rejected', error?: unknown): void;
}

export function createReporter(logger: Logger, metrics: Metrics<'api'>): Reporter {
  const problem = createProblemLog(logger, systemClock);
  const refusals = createFloodGate(systemClock, { everyMs: 10_000, sourcesMax: 10_000 });
  let isIssuerOut = false;
  const urlRefused = (what: string, refusal: RefusedUrl | undefined): void => {
    if (!refusal) return;
    const { reason, origin } = refusal;
    metrics.egressRefusalsTotal.inc({ reason });
    problem(`${what} refused at ${origin}: ${reason}`, undefined);
  };
  return {
    registered(outcome, requestId) {
      metrics.registrationsTotal.inc({ result: outcome.kind });
      if (outcome.kind === 'refused') {
        urlRefused('status URL', outcome.refusal);
        urlRefused('webhook', outcome.webhookRefusal);
      }
      const created = outcome.kind === 'refused' ? outcome.created : outcome.job;
      if (created === undefined || outcome.kind === 'existing') return;
      metrics.eventsPublishedTotal.inc({ event: 'registered' });
      const { id: jobId, provider } = created;
      if (outcome.kind === 'created') logger.info({ jobId, provider, requestId }, 'job registered');
      else logger.warn({ jobId, provider, requestId }, 'job registered on too few replicas');
    },

    cancelled(result, requestId) {
      if (result.kind !== 'cancelled' && result.kind !== 'cancelling') return;
      if (result.kind === 'cancelled') metrics.eventsPublishedTotal.inc({ event: 'cancelled' });
      const { id: jobId, provider } = result.job;
      logger.info({ jobId, provider, requestId }, `job ${result.kind}`);
    },

    acknowledged({ first, job: { id: jobId, provider } }, { subscriber, requestId }) {
      if (first) logger.info({ jobId, provider, subscriber, requestId }, 'job acknowledged');
    },

    controlled({ action, jobId, force = false, requestId }, result) {
      metrics.jobActionsTotal.inc({ action, result: result.kind });
      if (result.kind === 'refused') return;
      if (action === 'poll') metrics.requestedPollsTotal.inc({ forced: force ? 'true' : 'false' });
      if (result.event) metrics.eventsPublishedTotal.inc({ event: result.event });
      const { provider } = result.job;
      logger.info({ jobId, provider, requestId, ...(force ? { force } : {}) }, `job: ${action}`);
    },

    refusedCaller({ cause, reason, about }, { requestId, source }) {
      metrics.apiRefusalsTotal.inc({ cause });
      const leftOut = refusals(`${source} ${cause}`);
      if (leftOut === undefined) return false;
      const others = leftOut > 0 ? { leftOut } : {};
      logger.info({ cause, reason, about, source, requestId, ...others }, 'caller refused');
      return true;
    },

    subscribersCounted: (count) => metrics.apiSubscribers.set(count),
    subscriberEnded: (cause) => metrics.apiSubscribersEndedTotal.inc({ cause }),
    subscriberRefused: () => metrics.apiSubscribersRefusedTotal.inc(),

    failed: (error, requestId) => logger.error({ err: error, requestId }, 'request failed'),

    issuerKeysFetched(outcome) {
      metrics.issuerKeyFetchesTotal.inc({ outcome: outcome.kind });
      // A line for an outage and one for its end; the metric counts what is between.
      const wasOut = isIssuerOut;
      isIssuerOut = outcome.kind === 'failed';
      if (outcome.kind === 'failed' && !wasOut)
        logger.warn({ detail: outcome.detail }, 'the keys of the issuer cannot be fetched');
      else if (wasOut && !isIssuerOut) logger.info('the keys of the issuer are fetched again');
    },

    webhookRefused: (refusal) => urlRefused('webhook', refusal),

    refusedToAsk(reason, origin) {
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
