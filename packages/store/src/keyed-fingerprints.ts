import { createHmac, hkdfSync } from 'node:crypto';
import type { SealKeys } from './seal-keys.js';

/** The fingerprints of a text: the one to keep first, then those by which an earlier one may have been kept. */
export type KeyedFingerprints = (text: string) => readonly string[];

/** What the keys are derived for (RFC 5869, `info`): a seal key does one thing only. */
const purpose = 'bulkwatch idempotency fingerprint v1';

/**
 * Makes fingerprints of what may hold a secret that somebody could guess: HMAC-SHA-256 with a key derived from the
 * active seal key, so that who reads Redis cannot try guesses. Every key of the ring gives one, so that a
 * rotation forgets nothing; the last is the text itself, which is what was kept before there was a ring.
 */
export function keyedFingerprints(ring: (() => SealKeys) | undefined): KeyedFingerprints {
  return (text) => [...(ring?.().values() ?? [])].map((key) => mac(key, text)).concat(text);
}

function mac(sealKey: Buffer, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', sealKey, '', purpose, 32));
  return createHmac('sha256', key).update(text).digest('base64url');
}
