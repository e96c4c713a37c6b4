import { readHints } from '../headers/reading-hints.js';
import type { PollFailedReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { noManifest } from './read-poll-failure.js';

/** The reading of an answer whose body was given up on: its headers still bind us. */
export function readTooCostly(response: Omit<StatusResponse, 'body'>): PollFailedReading {
  return noManifest(`HTTP ${response.status}, too costly to read`, readHints(response));
}
