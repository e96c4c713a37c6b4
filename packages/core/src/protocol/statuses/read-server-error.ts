import { readOperationOutcome } from '../bodies/operation-outcome.js';
import type { ReadingContext } from '../status-protocol.js';
import type { ReadingHints, StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { unlessTransient } from './read-client-error.js';
import { concernsProvider, readProviderError, withoutAbsurdWait } from './read-poll-failure.js';

/**
 * Reads a 500. Servers send it for a dead export and for a passing fault of their own alike; the code of its
 * OperationOutcome tells which, except for `exception` and none, which are taken for the end of the export
 * once they have persisted. Without an OperationOutcome it comes from a layer that knows no exports.
 */
export function readInternalError(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const verdict = readOperationOutcome(response.body)?.verdict;
  if (verdict === 'final') return readExportFailed(response, hints, context);
  const failed = readProviderError(response, hints);
  if (verdict !== 'ambiguous') return failed;
  return { ...failed, budget: { tries: 12, windowMs: 30 * 60_000, reason: 'export-failed' } };
}

/**
 * Reads a 503. With a Retry-After it is maintenance of the whole provider (RFC 9110 section 15.6.4), unless its
 * preset says otherwise.
 */
export function readUnavailable(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const failed = readProviderError(response, withoutAbsurdWait(hints));
  const isMaintenance =
    failed.retryAfter.delayMs !== undefined && concernsProvider(response, context);
  return isMaintenance ? { ...failed, wholeProvider: true } : failed;
}

const readExportFailed = unlessTransient('export-failed', 1);
