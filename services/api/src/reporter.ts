import { createProblemLog, type Logger, type Metrics, systemClock } from '@bulkwatch/runtime';
import type { CancelResult } from '@bulkwatch/store';
import type { Refusal } from './auth/authentication.js';
import type { RegisterOutcome } from './register.js';

/** One helper per happening: its log line and its metrics live together. None of them throws. */
export interface Reporter {
  registered(outcome: RegisterOutcome, requestId: string): void;
  cancelled(result: CancelResult, requestId: string): void;
  /** A caller is turned away: not known, not allowed, or too often here. */
  refusedCaller(refusal: Omit<Refusal, 'kind'>, requestId: string): void;
  /** Something threw that nobody foresaw. */
  failed(error: unknown, requestId: string): void;
  /** Trouble that no request waits for. */
  problem(what: string, error: unknown): void;
  /** A changed credentials file was taken, or turned down and the old one kept. */
  credentialsReloaded(outcome: 'loaded' | 'rejected', error?: unknown): void;
}

export function createReporter(logger: Logger, metrics: Metrics<'api'>): Reporter {
  const problem = createProblemLog(logger, systemClock);
  return {
    registered(outcome, requestId) {
      metrics.registrationsTotal.inc({ result: outcome.kind });
      if (outcome.kind === 'refused' && outcome.refusal) {
        const { reason, origin } = outcome.refusal;
        metrics.egressRefusalsTotal.inc({ reason });
        problem(`status URL refused at ${origin}: ${reason}`, undefined);
      }
      if (outcome.kind !== 'created') return;
      metrics.eventsPublishedTotal.inc({ event: 'registered' });
      const { id: jobId, provider } = outcome.job;
      logger.info({ jobId, provider, requestId }, 'job registered');
    },

    cancelled(result, requestId) {
      if (result.kind !== 'cancelled' && result.kind !== 'cancelling') return;
      if (result.kind === 'cancelled') metrics.eventsPublishedTotal.inc({ event: 'cancelled' });
      const { id: jobId, provider } = result.job;
      logger.info({ jobId, provider, requestId }, `job ${result.kind}`);
    },

    refusedCaller({ cause, reason, about }, requestId) {
      metrics.apiRefusalsTotal.inc({ cause });
      logger.info({ cause, reason, about, requestId }, 'caller refused');
    },

    failed: (error, requestId) => logger.error({ err: error, requestId }, 'request failed'),

    credentialsReloaded(outcome, error) {
      metrics.credentialReloadsTotal.inc({ outcome });
      if (outcome === 'loaded') logger.info('credentials read again');
      else logger.error({ err: error }, 'changed credentials rejected: the old ones stay in force');
    },

    problem,
  };
}
