import { firstUsable } from './header.js';
import { readCompletion } from './read-completion.js';
import { noManifest } from './read-poll-failure.js';
import { parseStatusCode } from './status-code.js';
import type { PollFailedReading, ReadingHints, StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/**
 * Reads a 200: the end of the export, unless `X-Export-Status` says that the status of the export is another
 * one than that of the answer (Bulk Data Access IG 3.0.0, `separate-export-status`).
 */
export function readOk(response: StatusResponse, hints: ReadingHints): StatusReading {
  const exportStatus = firstUsable(response.headers['x-export-status'], parseStatusCode);
  if (exportStatus === 202) return readInProgress(response, hints);
  if (exportStatus !== undefined && exportStatus >= 400) {
    const detail = `X-Export-Status ${exportStatus}`;
    return { ...hints, kind: 'export-failed', reason: 'export-failed', detail, confirmations: 0 };
  }
  return readCompletion(response, hints);
}

/** Reads a 202, whose body, if any, says nothing that its headers do not. */
export function readInProgress(_response: StatusResponse, hints: ReadingHints): StatusReading {
  return { ...hints, kind: 'in-progress' };
}

/** Reads the other statuses of success, none of which a status request has: no manifest, whatever they hold. */
export function readUnexpectedSuccess(
  { status }: StatusResponse,
  hints: ReadingHints,
): PollFailedReading {
  return noManifest(`HTTP ${status}`, hints);
}
