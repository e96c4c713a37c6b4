import type { Anomaly } from '@bulkwatch/contract';
import { firstUsable, type HeaderValue, isPresent } from './header.js';
import { parseHttpDate } from './http-date.js';

/** When the exported files expire, as far as the provider said. */
export interface ExpiryReading {
  /** Epoch ms; undefined when unknown. */
  readonly expiresAt?: number;
  readonly anomaly?: Anomaly;
}

/**
 * Reads the Expires header of a completing answer. To a cache, `0` and garbage mean "expired already"
 * (RFC 9111 section 5.3); here they, and an instant that has passed, mean "unknown", because frameworks send
 * them without thinking of the export and a finished export must not be called expired on their word.
 *
 * @param receivedAt epoch ms
 */
export function readExpiry(header: HeaderValue, receivedAt: number): ExpiryReading {
  if (!isPresent(header)) return {};
  const expiresAt = firstUsable(header, (text) => parseHttpDate(text, receivedAt));
  if (expiresAt === undefined) return { anomaly: 'expires-unreadable' };
  return expiresAt > receivedAt ? { expiresAt } : {};
}
