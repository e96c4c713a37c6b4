import type { Reason } from '@bulkwatch/contract';
import { readOperationOutcome } from '../bodies/operation-outcome.js';
import type { ReadingContext } from '../status-protocol.js';
import type {
  PollFailedReading,
  ReadingHints,
  StatusReader,
  StatusReading,
} from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { errorDetail, readAuthRejected, readProviderError } from './read-poll-failure.js';

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
export function readNotFound(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const outcome = readOperationOutcome(response.body);
  const reason = isCancelled(response, context) ? 'export-cancelled' : 'export-unknown';
  return unlessTransient(reason, outcome === undefined ? 4 : 2)(response, hints, context);
}

/** Reads a 410: the export is gone, unless that is how the provider tells of a cancelled one. */
export function readGone(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const reason = isCancelled(response, context) ? 'export-cancelled' : 'export-expired';
  return unlessTransient(reason, 0)(response, hints, context);
}

/** Whether this is how the provider tells that an export was cancelled, as its preset has it. */
export function isCancelled(
  { status, body }: Pick<StatusResponse, 'status' | 'body'>,
  { preset: { cancelled } }: Pick<ReadingContext, 'preset'>,
): boolean {
  if (cancelled.statuses.some((one) => one === status)) return true;
  const codes = status === 404 ? (readOperationOutcome(body)?.codes ?? []) : [];
  return codes.some((code) => cancelled.codes.includes(code));
}

/**
 * Reads a 403. Like a 401 it may be a token that has died, at some servers even a fresh one while an account is
 * being mended; a server that says in FHIR's own words that access is forbidden, and goes on saying so for a
 * day, is believed.
 */
export function readForbidden(response: StatusResponse, hints: ReadingHints): PollFailedReading {
  const rejected = readAuthRejected(response, hints);
  const isPlain = readOperationOutcome(response.body)?.codes.includes('forbidden');
  if (!isPlain) return rejected;
  return { ...rejected, budget: { tries: 3, windowMs: 24 * 3_600_000, reason: 'access-denied' } };
}

/** Reads a 406, to which the other Accept header is the answer. */
export function readNotAcceptable(response: StatusResponse, hints: ReadingHints): StatusReading {
  return { ...hints, kind: 'not-acceptable', detail: errorDetail(response) };
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
