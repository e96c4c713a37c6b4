import { readDoubtfulClientError, readNotFound, unlessTransient } from './read-client-error.js';
import {
  readAuthRejected,
  readProviderError,
  readRateLimited,
  readRedirect,
} from './read-poll-failure.js';
import { readInternalError, readUnavailable } from './read-server-error.js';
import { readInProgress, readOk, readUnexpectedSuccess } from './read-success.js';
import { readHints } from './reading-hints.js';
import type { StatusReader, StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/**
 * Understands a status response: what does the provider say of the export? Total and pure: whatever a
 * provider answers becomes a reading, and nothing that is not plainly the end of the export becomes one.
 * Bulk Data Access IG, "Bulk Data Status Request"; RFC 9110 section 15.
 */
export function readStatusResponse(response: StatusResponse): StatusReading {
  const { status } = response;
  const reader =
    readersByStatus[status] ?? readersByClass[Math.trunc(status / 100)] ?? readProviderError;
  return reader(response, readHints(response));
}

const readRequestRefused = unlessTransient('request-refused', 1);
const readExportFailed = unlessTransient('export-failed', 1);

const readersByStatus: Readonly<Record<number, StatusReader>> = {
  200: readOk,
  202: readInProgress,
  // We send no conditional requests; a cache in between that answers so has seen no change.
  304: readInProgress,
  400: readExportFailed,
  401: readAuthRejected,
  403: readAuthRejected,
  404: readNotFound,
  405: readRequestRefused,
  406: readRequestRefused,
  408: readProviderError,
  // A conflict may pass by itself: it is believed later than the others.
  409: unlessTransient('export-failed', 3),
  410: unlessTransient('export-expired', 0),
  413: readExportFailed,
  422: readExportFailed,
  425: readProviderError,
  429: readRateLimited,
  451: readExportFailed,
  500: readInternalError,
  501: readRequestRefused,
  503: readUnavailable,
  505: readRequestRefused,
};

const readersByClass: Readonly<Record<number, StatusReader>> = {
  2: readUnexpectedSuccess,
  3: readRedirect,
  4: readDoubtfulClientError,
};
