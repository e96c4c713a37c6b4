import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@bulkwatch/runtime';
import { readApiKey } from '@bulkwatch/store';
import {
  type AuthenticateText,
  invalid,
  type Refusal,
  type RefusalCause,
} from './authentication.js';
import type { KeyCache } from './key-cache.js';

/** What a key that does not exist is compared to, so that it takes the same time as one that does. */
const nothing = Buffer.alloc(32);

/** Tells who the holder of an API key is. That a key has expired or was revoked is said of genuine ones only. */
export function keyAuthenticator({
  keyCache,
  clock,
}: {
  readonly keyCache: KeyCache;
  readonly clock: Pick<Clock, 'now'>;
}): AuthenticateText {
  return async (text) => {
    const proof = readApiKey(text);
    if (!proof) return invalid('malformed');
    const { keyId, digest } = proof;
    const key = await keyCache.find(keyId);
    const isGenuine = timingSafeEqual(digest, key?.digest ?? nothing);
    if (!key || !isGenuine) return refusal('unknown', keyId);
    if (key.revokedAt !== undefined) return refusal('revoked', keyId);
    if (key.expiresAt !== undefined && key.expiresAt <= clock.now())
      return refusal('expired', keyId);
    keyCache.noteUse(key);
    const { tenant, scopes, name: subject } = key;
    return { kind: 'known', principal: { tenant, scopes, keyId, subject } };
  };
}

const refusal = (cause: RefusalCause, keyId: string): Refusal => ({
  ...invalid(cause, keyId),
  keyId,
});
