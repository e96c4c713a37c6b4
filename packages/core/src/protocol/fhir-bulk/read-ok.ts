import { firstUsable } from '../headers/header.js';
import { parseStatusCode } from '../headers/status-code.js';
import type { ReadingContext } from '../status-protocol.js';
import type { ReadingHints, StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { errorDetail, noManifest } from '../statuses/read-poll-failure.js';
import { readResultElsewhere } from '../statuses/read-redirect.js';
import { readCompletion } from './read-completion.js';
import { readInProgress } from './read-in-progress.js';

/**
 * Reads a 200: the end of the export, unless `X-Export-Status` says that the status of the export is another
 * one than that of the answer (Bulk Data Access IG 3.0.0, `separate-export-status`).
 */
export function readOk(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const exportStatus = firstUsable(response.headers['x-export-status'], parseStatusCode);
  if (exportStatus === 202) return readInProgress(response, hints, context);
  if (exportStatus !== undefined && exportStatus >= 400) {
    const said = errorDetail({ ...response, status: exportStatus });
    const detail = `X-Export-Status ${exportStatus}${said === `HTTP ${exportStatus}` ? '' : `: ${said}`}`;
    return { ...hints, kind: 'export-failed', reason: 'export-failed', detail, confirmations: 0 };
  }
  return readCompletion(response, hints, context);
}

/** Reads a 303, whose Location is where the result of the export is. */
export function readSeeOther(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  return readResultElsewhere(response, hints, context) ?? noManifest('HTTP 303', hints);
}

/**
 * Reads the other statuses of success, none of which a status request has. A 201 that says where is followed
 * once, as a 303 is; no other holds a manifest, whatever it holds.
 */
export function readOtherSuccess(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const { status } = response;
  const isFirst = context.memory.cursor?.kind !== 'result';
  const elsewhere =
    status === 201 && isFirst ? readResultElsewhere(response, hints, context) : undefined;
  return elsewhere ?? noManifest(`HTTP ${status}`, hints);
}
