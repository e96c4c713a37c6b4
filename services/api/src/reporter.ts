import { createProblemLog, type Logger, type Metrics, systemClock } from '@bulkwatch/runtime';
import type { CancelResult } from '@bulkwatch/store';
import type { RegisterOutcome } from './register.js';

/** One helper per happening: its log line and its metrics live together. None of them throws. */
export interface Reporter {
  registered(outcome: RegisterOutcome, requestId: string): void;
  cancelled(result: CancelResult, requestId: string): void;
  /** Something threw that nobody foresaw. */
  failed(error: unknown, requestId: string): void;
  /** Trouble that no request waits for. */
  problem(what: string, error: unknown): void;
}

export function createReporter(logger: Logger, metrics: Metrics<'api'>): Reporter {
  return {
    registered(outcome, requestId) {
      metrics.registrationsTotal.inc({ result: outcome.kind });
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

    failed: (error, requestId) => logger.error({ err: error, requestId }, 'request failed'),

    problem: createProblemLog(logger, systemClock),
  };
}
