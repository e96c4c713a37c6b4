import type { Anomaly } from '@bulkwatch/contract';
import { firstUsable, type HeaderValue, headerItems } from './header.js';
import { parseHttpDate } from './http-date.js';
import { parseZonedDate } from './zoned-date.js';

/** When the exported files expire, as far as the provider said. */
export interface ExpiryReading {
  /** Epoch ms; undefined when unknown. */
  readonly expiresAt?: number;
  readonly anomaly?: Anomaly;
}

/**
 * Reads the Expires header of a completing answer: an HTTP-date, or one of the other forms of an instant that
 * servers write there. To a cache, `0` and garbage mean "expired already" (RFC 9111 section 5.3); here they,
 * and an instant that has passed, mean "unknown", because frameworks send them without thinking of the export
 * and a finished export must not be called expired on their word. Only garbage is an anomaly.
 *
 * @param receivedAt epoch ms
 */
export function readExpiry(header: HeaderValue, receivedAt: number): ExpiryReading {
  const items = headerItems(header);
  const instant = firstUsable(items, (text) => readInstant(text, receivedAt));
  if (instant !== undefined) return instant > receivedAt ? { expiresAt: instant } : {};
  return items.every(isZero) ? {} : { anomaly: 'expires-unreadable' };
}

/** The last instant whose ISO 8601 form has a year of four digits. */
const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function readInstant(text: string, receivedAt: number): number | undefined {
  const instant = parseHttpDate(text, receivedAt) ?? parseZonedDate(text);
  return instant === undefined || instant > lastInstant ? undefined : instant;
}

function isZero(text: string): boolean {
  return text === '0';
}
