import { readHints } from '../headers/reading-hints.js';
import type { ReadingContext } from '../status-protocol.js';
import type { StatusReader, StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import {
  readDoubtfulClientError,
  readForbidden,
  readGone,
  readNotAcceptable,
  readNotFound,
  unlessTransient,
} from './read-client-error.js';
import { readAuthRejected, readProviderError, readRateLimited } from './read-poll-failure.js';
import { readRedirect } from './read-redirect.js';
import { readInternalError, readUnavailable } from './read-server-error.js';

/** The readers of the statuses whose meaning is a protocol's own. */
export interface SuccessReaders {
  readonly ok: StatusReader;
  readonly accepted: StatusReader;
  readonly seeOther: StatusReader;
  /** 201, 203 and the others of their class. */
  readonly otherSuccess: StatusReader;
}

/**
 * A reader of any status: those of success as the protocol has them, all others as HTTP does and as they are
 * met in the field. RFC 9110 section 15; Bulk Data Access IG, "Bulk Data Status Request".
 */
export function readerOf(
  success: SuccessReaders,
): (response: StatusResponse, context: ReadingContext) => StatusReading {
  const byStatus: Readonly<Record<number, StatusReader>> = {
    ...readersByStatus,
    200: success.ok,
    202: success.accepted,
    // We send no conditional requests; a cache in between that answers so has seen no change.
    304: success.accepted,
    303: success.seeOther,
  };
  const byClass: Readonly<Record<number, StatusReader>> = {
    2: success.otherSuccess,
    3: readRedirect,
    4: readDoubtfulClientError,
  };
  return (response, context) => {
    const { status } = response;
    const reader = byStatus[status] ?? byClass[Math.trunc(status / 100)] ?? readProviderError;
    return reader(response, readHints(response), context);
  };
}

const readRequestRefused = unlessTransient('request-refused', 1);
const readExportFailed = unlessTransient('export-failed', 1);

const readersByStatus: Readonly<Record<number, StatusReader>> = {
  400: readExportFailed,
  401: readAuthRejected,
  403: readForbidden,
  404: readNotFound,
  405: readRequestRefused,
  406: readNotAcceptable,
  408: readProviderError,
  // A conflict may pass by itself: it is believed later than the others.
  409: unlessTransient('export-failed', 3),
  410: readGone,
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
