import { readOperationOutcome } from './operation-outcome.js';
import { errorDetail, readProviderError } from './read-poll-failure.js';
import { readStatusResponse } from './read-status-response.js';
import { readHints } from './reading-hints.js';
import type { PollFailedReading, ReadingHints } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/** The export is, or already was, deleted at the provider. */
export interface DeleteAcceptedReading extends ReadingHints {
  readonly kind: 'delete-accepted';
}

/** The provider will not delete the export, however often it is asked. */
export interface DeleteRefusedReading extends ReadingHints {
  readonly kind: 'delete-refused';
  readonly detail: string;
}

/** The answer to a delete request understood; `poll-failed` where it says nothing about the export. */
export type DeleteReading = DeleteAcceptedReading | DeleteRefusedReading | PollFailedReading;

/** Not deletable any more (410 at BCDA, 400 at AB2D, 409), or deletion is not supported at all. */
const refusals: ReadonlySet<number> = new Set([400, 405, 409, 410, 501]);

/**
 * Understands the answer to a delete request sent to a status URL. Total and pure. Every success counts, and
 * so does 404: the export is gone, as was wanted. Bulk Data Access IG, "Bulk Data Delete Request".
 */
export function readDeleteResponse(response: StatusResponse): DeleteReading {
  const { status } = response;
  const hints = readHints(response);
  if ((status >= 200 && status < 300) || status === 404)
    return { ...hints, kind: 'delete-accepted' };
  const isTransient = readOperationOutcome(response.body)?.verdict === 'transient';
  if (refusals.has(status) && !isTransient) {
    return { ...hints, kind: 'delete-refused', detail: errorDetail(response) };
  }
  // Whatever else keeps a poll from its answer keeps a delete request from being heard.
  const reading = readStatusResponse(response);
  return reading.kind === 'poll-failed' ? reading : readProviderError(response, hints);
}
