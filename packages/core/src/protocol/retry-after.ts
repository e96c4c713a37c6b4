import { firstUsable, type HeaderValue, isPresent } from './header.js';
import { parseHttpDate } from './http-date.js';
import type { RetryAfterReading } from './status-reading.js';

/** A Retry-After as it came, and what its date form is measured against. */
export interface RetryAfterSource {
  readonly value: HeaderValue;
  /** The Date header of the same response: against it, a wrong clock at either end does no harm. */
  readonly date?: HeaderValue;
  /** Epoch ms at which the response had been received; stands in for a Date that is absent or unreadable. */
  readonly receivedAt: number;
}

/**
 * Reads Retry-After: delay-seconds or an HTTP-date (RFC 9110 section 10.2.3). A date that has passed means 0.
 * Anything else, `-5`, `1e3`, `120, 240` and the empty value included, is an anomaly and no wait: a number
 * parser would make 0, 16 or Infinity of such values. The wait is finite however many digits it has.
 *
 * @returns a wait in ms counted from receipt of the response; neither member when the header is absent
 */
export function readRetryAfter({ value, date, receivedAt }: RetryAfterSource): RetryAfterReading {
  if (!isPresent(value)) return {};
  const sentAt = firstUsable(date, (text) => parseHttpDate(text, receivedAt)) ?? receivedAt;
  return toReading(firstUsable(value, (text) => readWait(text, sentAt)));
}

/**
 * Reads the Retry-After that a registration hands on from its kick-off response: the header verbatim, or a
 * number of seconds. Same rules as {@link readRetryAfter}, but dates are measured against `now` (epoch ms).
 */
export function readKickOffRetryAfter(value: string | number, now: number): RetryAfterReading {
  if (typeof value === 'string') return readRetryAfter({ value, receivedAt: now });
  return toReading(Number.isFinite(value) && value >= 0 ? finiteMs(value * 1000) : undefined);
}

function readWait(text: string, sentAt: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return finiteMs(Number(trimmed) * 1000);
  const until = parseHttpDate(trimmed, sentAt);
  return until === undefined ? undefined : finiteMs(until - sentAt);
}

function finiteMs(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), Number.MAX_SAFE_INTEGER);
}

function toReading(delayMs: number | undefined): RetryAfterReading {
  return delayMs === undefined ? { anomaly: 'retry-after-unreadable' } : { delayMs };
}
