import type { RetryAfterReading } from '../status-reading.js';
import { firstUsable, type HeaderValue, headerItems } from './header.js';
import { parseHttpDate } from './http-date.js';

/** The headers that ask for a wait as they came, and what instants in them are measured against. */
export interface RetryAfterSource {
  /** Retry-After. */
  readonly value: HeaderValue;
  /** X-RetryAfter, which older gateways send: the same two forms. */
  readonly xRetryAfter?: HeaderValue;
  /** x-ms-retry-after-ms, which Azure sends: milliseconds. */
  readonly xMsRetryAfterMs?: HeaderValue;
  /** The Date header of the same response: against it, a wrong clock at either end does no harm. */
  readonly date?: HeaderValue;
  /** Epoch ms at which the response had been received; stands in for a Date that is absent or unreadable. */
  readonly receivedAt: number;
}

/**
 * Reads the wait that a response asks for: its Retry-After, else X-RetryAfter, else x-ms-retry-after-ms, the
 * first that can be read. Retry-After is delay-seconds or an HTTP-date (RFC 9110 section 10.2.3); a date that
 * has passed means 0. Beyond the RFC it may be
 *
 * - a fraction of seconds, rounded up to whole ms;
 * - given more than once, or as a list: the longest wait counts, so that none of them is broken;
 * - an instant, in epoch seconds or ms, within 7 days of now. A number that large but further off stays a
 *   number of seconds.
 *
 * Anything else, `-5`, `1e3`, `0x10` and the empty value included, is an anomaly and no wait: a number parser
 * would make 0, 16 or Infinity of such values. The wait is finite however many digits it has.
 *
 * @returns a wait in ms counted from receipt of the response; neither member when no such header came
 */
export function readRetryAfter({
  value,
  xRetryAfter,
  xMsRetryAfterMs,
  date,
  receivedAt,
}: RetryAfterSource): RetryAfterReading {
  const sentAt = firstUsable(date, (text) => parseHttpDate(text, receivedAt)) ?? receivedAt;
  const readings = [
    longestWait(headerItems(value).map((text) => readWait(text, sentAt))),
    longestWait(headerItems(xRetryAfter).map((text) => readWait(text, sentAt))),
    longestWait(headerItems(xMsRetryAfterMs).map(readMilliseconds)),
  ];
  // That a header before the one used was unreadable stays told.
  return readings.reduce((found, next) =>
    found.delayMs === undefined ? { ...next, ...found } : found,
  );
}

/**
 * Reads the Retry-After that a registration hands on from its kick-off response: the header verbatim, or a
 * number of seconds. Same rules as {@link readRetryAfter}, but instants are measured against `now` (epoch ms).
 */
export function readKickOffRetryAfter(value: string | number, now: number): RetryAfterReading {
  if (typeof value === 'string') return readRetryAfter({ value, receivedAt: now });
  return Number.isFinite(value) && value >= 0 ? waitOfSeconds(value, now) : unreadable;
}

const unreadable: RetryAfterReading = { anomaly: 'retry-after-unreadable' };
const decimal = /^\d+(?:\.\d+)?$/;
const weekMs = 7 * 86_400_000;

function longestWait(waits: readonly RetryAfterReading[]): RetryAfterReading {
  const [first, ...others] = waits;
  if (first === undefined) return {};
  const longest = others.reduce((one, other) => (msOf(other) > msOf(one) ? other : one), first);
  const isOneMeaning = waits.every(({ delayMs }) => delayMs === longest.delayMs);
  return isOneMeaning ? longest : { anomaly: 'retry-after-repeated', ...longest };
}

/** Orders waits: unreadable before 0. */
function msOf({ delayMs }: RetryAfterReading): number {
  return delayMs ?? -1;
}

function readWait(text: string, sentAt: number): RetryAfterReading {
  if (decimal.test(text)) return waitOfSeconds(Number(text), sentAt);
  const until = parseHttpDate(text, sentAt);
  return until === undefined ? unreadable : { delayMs: wholeMs(until - sentAt) };
}

function readMilliseconds(text: string): RetryAfterReading {
  return decimal.test(text) ? { delayMs: wholeMs(Number(text)) } : unreadable;
}

/** Nobody asks for a wait of 1e9 s (30 years), but epoch seconds are above it since 2001, and ms above 1e12. */
function waitOfSeconds(seconds: number, sentAt: number): RetryAfterReading {
  const untilMs = (seconds >= 1e12 ? seconds : seconds * 1000) - sentAt;
  return seconds >= 1e9 && Math.abs(untilMs) <= weekMs
    ? { delayMs: wholeMs(untilMs), anomaly: 'retry-after-epoch' }
    : { delayMs: wholeMs(seconds * 1000) };
}

/** Rounded up, never negative, and small enough to be added to an instant. */
function wholeMs(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), Number.MAX_SAFE_INTEGER);
}
