import { readHints } from '../headers/reading-hints.js';
import type { ReadingContext } from '../status-protocol.js';
import type { PollFailedReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { readAuthRejected, readRateLimited } from '../statuses/read-poll-failure.js';
import { optionsOf } from './status-field-options.js';

const readers = {
  'rate-limited': readRateLimited,
  'auth-rejected': readAuthRejected,
} as const;

/** Bytes of a body that are looked at: an error names itself at the beginning. */
const lookedAt = 4096;

/**
 * Reads a 400 that by what the preset says of its text is no bad request. It says nothing of the job then, be
 * it the answer to a status request or to a delete request. Undefined for any other answer.
 */
export function readBadRequest(
  response: StatusResponse,
  context: Pick<ReadingContext, 'preset'>,
): PollFailedReading | undefined {
  if (response.status !== 400) return undefined;
  const { badRequests } = optionsOf(context.preset);
  const beginning = new TextDecoder().decode(response.body.subarray(0, lookedAt));
  const known = Object.entries(badRequests).find(([text]) => beginning.includes(text));
  return known && readers[known[1]](response, readHints(response), context);
}
