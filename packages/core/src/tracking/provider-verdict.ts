import type { StatusReading } from '../protocol/status-reading.js';
import type { FetchFailure } from '../protocol/status-response.js';
import type { DeleteReading } from '../protocol/statuses/read-delete-response.js';
import type { RequestOutcome } from './decision.js';

/** What a request says of its provider as a whole; `unknown` where the provider was not reached for. */
export type ProviderVerdict = 'up' | 'down' | 'unknown';

/** A request that was made for a job, and what came of it. */
export interface AskedProvider {
  readonly outcome: RequestOutcome<StatusReading | DeleteReading>;
  /** HTTP status, where an answer came. */
  readonly status?: number;
  /** Set where another origin than the job's provider was asked. */
  readonly elsewhere?: boolean;
}

/**
 * What a request says of its provider. No answer, or a server error that tells nothing of the export, says that it
 * is out. Any other answer says that it lives, refusals and a 429 included; and so does a 503 with a Retry-After,
 * which is maintenance with an end (RFC 9110 section 15.6.4): it is waited for, not probed.
 */
export function providerVerdict({
  outcome,
  status = 0,
  elsewhere,
}: AskedProvider): ProviderVerdict {
  if (elsewhere) return 'unknown';
  if (outcome.kind === 'failed') return verdicts[outcome.failure.reason];
  const { reading } = outcome;
  const isOut = status >= 500 && reading.kind === 'poll-failed';
  const isMaintenance = status === 503 && reading.retryAfter.delayMs !== undefined;
  return isOut && !isMaintenance ? 'down' : 'up';
}

const verdicts: Readonly<Record<FetchFailure['reason'], ProviderVerdict>> = {
  'connection-failed': 'down',
  'tls-failed': 'down',
  'timed-out': 'down',
  'response-too-large': 'up',
  'response-unreadable': 'up',
  'auth-rejected': 'up',
  'provider-not-allowed': 'unknown',
  'preset-missing': 'unknown',
  'credential-missing': 'unknown',
  'token-refused': 'unknown',
  'token-unavailable': 'unknown',
  interrupted: 'unknown',
};
