import { firstUsable } from '../headers/header.js';
import { linkTarget } from '../headers/link-target.js';
import type { ReadingContext } from '../status-protocol.js';
import type {
  ElsewhereReading,
  PollFailedReading,
  ReadingHints,
  StatusReading,
} from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';

/**
 * Reads a redirect (RFC 9110 section 15.4). One that is permanent holds for later polls too, but only within
 * an origin: to another one it has to be said anew each time. None leads from https to http.
 */
export function readRedirect(
  response: StatusResponse,
  hints: ReadingHints,
  { url }: ReadingContext,
): StatusReading {
  const { status, headers } = response;
  const target = firstUsable(headers.location, (location) => linkTarget(location, url));
  if (target === undefined)
    return refuseRedirect(`HTTP ${status}${origin(headers.location)}`, hints);
  const isPermanent = status === 301 || status === 308;
  const stays = new URL(target).origin === new URL(url).origin;
  return elsewhere(isPermanent && stays ? 'moved' : 'redirect', target, hints);
}

/**
 * Reads a 303, which ends an export for better or worse: the answer at its Location tells which (FHIR Simplified
 * Asynchronous Interaction). A 201 with a Location says the same at some servers.
 */
export function readResultElsewhere(
  response: StatusResponse,
  hints: ReadingHints,
  { url }: ReadingContext,
): ElsewhereReading | undefined {
  const target = firstUsable(response.headers.location, (location) => linkTarget(location, url));
  return target === undefined ? undefined : elsewhere('result', target, hints);
}

/** A redirect that is not followed. Servers are given a few tries to answer by themselves. */
export function refuseRedirect(detail: string, hints: ReadingHints): PollFailedReading {
  return {
    ...hints,
    kind: 'poll-failed',
    reason: 'redirect-refused',
    health: 'provider-error',
    detail,
    budget: { tries: 5, windowMs: 10 * 60_000, reason: 'request-refused' },
  };
}

const elsewhere = (
  as: ElsewhereReading['as'],
  url: string,
  hints: ReadingHints,
): ElsewhereReading => ({ ...hints, kind: 'elsewhere', as, url });

/** Of the target only the origin is told: the rest may be secret. */
function origin(location: StatusResponse['headers'][string]): string {
  const found = firstUsable(location, (text) =>
    /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).origin : undefined,
  );
  return found === undefined ? '' : ` to ${found.slice(0, 200)}`;
}
