import type { Reason } from '@bulkwatch/contract';
import { readOperationOutcome } from './operation-outcome.js';
import { errorDetail, readProviderError } from './read-poll-failure.js';
import type { ReadingHints, StatusReader, StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/**
 * A reader of errors that end the export with `reason` once that many `confirmations` have followed, unless
 * the OperationOutcome says that the fault is a passing one: then only the poll failed (Bulk Data Access IG
 * 2.0.0, "Response - Error Status").
 */
export function unlessTransient(reason: Reason, confirmations: number): StatusReader {
  return (response, hints) => {
    const isTransient = readOperationOutcome(response.body)?.verdict === 'transient';
    if (isTransient) return readProviderError(response, hints);
    return {
      ...hints,
      kind: 'export-failed',
      reason,
      detail: errorDetail(response),
      confirmations,
    };
  };
}

/**
 * Reads a 404. In-memory job stores and lagging replicas do not know a young export for a while, so even a
 * FHIR server is asked again; a 404 without OperationOutcome may come from a proxy or a deployment, and is
 * asked about longer.
 */
export function readNotFound(response: StatusResponse, hints: ReadingHints): StatusReading {
  const isFhir = readOperationOutcome(response.body) !== undefined;
  return unlessTransient('export-unknown', isFhir ? 2 : 4)(response, hints);
}

/**
 * Reads a 4xx that no status request should have. Only a layer that speaks FHIR may end the export with it,
 * and that only by insisting; from any other layer it is taken for a fault on the way.
 */
export function readDoubtfulClientError(
  response: StatusResponse,
  hints: ReadingHints,
): StatusReading {
  const failed = readProviderError(response, hints);
  const outcome = readOperationOutcome(response.body);
  if (outcome === undefined || outcome.verdict === 'transient') return failed;
  return { ...failed, budget: { tries: 12, windowMs: 30 * 60_000, reason: 'request-refused' } };
}
