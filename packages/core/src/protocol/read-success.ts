import { defined } from '../defined.js';
import { readExpiry } from './expiry.js';
import { firstUsable } from './header.js';
import { readManifest } from './read-manifest.js';
import type { PollFailedReading, ReadingHints, StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/**
 * Reads a 200: the manifest of a complete export, unless `X-Export-Status` says that the status of the
 * export is another one than that of the answer (Bulk Data Access IG 3.0.0, `separate-export-status`).
 */
export function readOk(response: StatusResponse, hints: ReadingHints): StatusReading {
  const exportStatus = firstUsable(response.headers['x-export-status'], readStatusCode);
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

function readCompletion(response: StatusResponse, hints: ReadingHints): StatusReading {
  const reading = readManifest(response.body);
  if (reading.kind === 'other') return noManifest(`HTTP 200 with ${reading.what}`, hints);
  const { expiresAt, anomaly } = readExpiry(response.headers.expires, response.receivedAt);
  return {
    ...hints,
    kind: 'complete',
    manifest: reading.bytes,
    summary: reading.summary,
    ...defined({ expiresAt }),
    anomalies: anomaly === undefined ? [] : [anomaly],
  };
}

/** Gateways answer for providers, and some providers send the manifest late: a few tries are given. */
function noManifest(detail: string, hints: ReadingHints): PollFailedReading {
  return {
    ...hints,
    kind: 'poll-failed',
    reason: 'response-unreadable',
    health: 'provider-error',
    detail,
    budget: { tries: 5, windowMs: 2 * 60_000, reason: 'manifest-invalid' },
  };
}

/** The code of `202 Accepted`; the reason phrase is optional and means nothing. */
function readStatusCode(text: string): number | undefined {
  const code = /^\s*([1-5]\d{2})(?!\d)/.exec(text)?.[1];
  return code === undefined ? undefined : Number(code);
}
