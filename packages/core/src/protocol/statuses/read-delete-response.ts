import { readOperationOutcome } from '../bodies/operation-outcome.js';
import { readHints } from '../headers/reading-hints.js';
import type { ReadingContext, StatusProtocol } from '../status-protocol.js';
import type { PollFailedReading, ReadingHints } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { isCancelled } from './read-client-error.js';
import { errorDetail, readProviderError } from './read-poll-failure.js';
import { refuseRedirect } from './read-redirect.js';

/** The export is, or already was, deleted at the provider. */
export interface DeleteAcceptedReading extends ReadingHints {
  readonly kind: 'delete-accepted';
}

/** The provider will not delete the export, however often it is asked. */
export interface DeleteRefusedReading extends ReadingHints {
  readonly kind: 'delete-refused';
  readonly detail: string;
  /** Set where the provider says that there is nothing to delete any more (410). */
  readonly isGone?: true;
}

/** The answer to a delete request understood; `poll-failed` where it says nothing about the export. */
export type DeleteReading = DeleteAcceptedReading | DeleteRefusedReading | PollFailedReading;

/** Not deletable any more (410 at BCDA, 400 at AB2D, 409), or deletion is not supported at all. */
const refusals: ReadonlySet<number> = new Set([400, 405, 409, 410, 501]);

/**
 * Understands the answer to a delete request sent to a status URL; what is no answer to that is read as
 * `readStatus` reads it. Total and pure. Every success counts, and
 * so does 404, or what the provider says of a cancelled export: it is gone, as was wanted. Bulk Data Access IG, "Bulk Data Delete Request".
 */
export function readDeleteResponse(
  response: StatusResponse,
  context: ReadingContext,
  readStatus: StatusProtocol['readStatus'],
): DeleteReading {
  const { status } = response;
  const hints = readHints(response);
  const isGone = status === 404 || isCancelled(response, context);
  if ((status >= 200 && status < 300) || isGone) return { ...hints, kind: 'delete-accepted' };
  const isTransient = readOperationOutcome(response.body)?.verdict === 'transient';
  if (refusals.has(status) && !isTransient) {
    const refused = { ...hints, kind: 'delete-refused', detail: errorDetail(response) } as const;
    return status === 410 ? { ...refused, isGone: true } : refused;
  }
  // Whatever else keeps a poll from its answer keeps a delete request from being heard.
  const reading = readStatus(response, context);
  if (reading.kind === 'elsewhere') return refuseRedirect(`HTTP ${status}`, hints);
  return reading.kind === 'poll-failed' ? reading : readProviderError(response, hints);
}
