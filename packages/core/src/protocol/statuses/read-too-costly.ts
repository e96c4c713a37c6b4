import { firstUsable } from '../headers/header.js';
import { readHints } from '../headers/reading-hints.js';
import { parseStatusCode } from '../headers/status-code.js';
import type { StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';

/**
 * The reading of an answer whose body was given up on. Its head still binds us: under 202 the export goes on,
 * whatever the body lists. Under any other status an operator may give the reader more room, so that nothing but
 * the deadline ends the job.
 */
export function readTooCostly(head: Omit<StatusResponse, 'body'>): StatusReading {
  const hints = readHints(head);
  const exportStatus = firstUsable(head.headers['x-export-status'], parseStatusCode);
  if ((exportStatus ?? head.status) === 202) return { ...hints, kind: 'in-progress' };
  return {
    ...hints,
    kind: 'poll-failed',
    reason: 'response-too-large',
    health: 'provider-error',
    detail: `HTTP ${head.status}, too costly to read`,
  };
}
