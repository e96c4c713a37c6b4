import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { openBytes, sealBytes, sealHeadOf } from './seal-bytes.js';
import type { SealKeys } from './seal-keys.js';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** Seals and opens secrets that are kept in Redis. */
export interface Sealer {
  /** Seals `secret` for one place: `context` must be given again to open it. */
  seal(secret: string, context: string): string;
  /** Undefined when the key is not on the ring, or the sealed text was changed or moved. */
  open(sealed: string, context: string): string | undefined;
  /** As `seal` and `open`, for bytes that may be many. */
  sealBytes(bytes: Uint8Array, context: string): Promise<Uint8Array>;
  openBytes(sealed: Uint8Array, context: string): Promise<Uint8Array | undefined>;
  /** Id of the key that seals now. */
  activeKeyId(): string;
  /** Whether a key is on the ring. */
  has(keyId: string): boolean;
}

/** Id of the key that a text is sealed with; undefined for a text that is not sealed. */
export function sealKeyId(text: string): string | undefined {
  const [sealVersion, keyId, ...rest] = text.split('.');
  return sealVersion === version && rest.length === 2 ? keyId : undefined;
}

/**
 * AES-256-GCM with a key ring: `v1.<key id>.<iv>.<ciphertext and tag>`, base64url. The context is associated
 * data, so a sealed text cannot be moved to another record. The first key seals, every key opens.
 * The ring is asked for each time, so that it can be changed under way.
 */
export function createSealer(ring: () => SealKeys): Sealer {
  const active = (): [keyId: string, key: Buffer] => {
    const [first] = ring();
    if (!first) throw new Error('the ring of seal keys is empty');
    return first;
  };

  return {
    seal(secret, context) {
      const [activeId, activeKey] = active();
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', activeKey, iv).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        cipher.update(secret, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return [version, activeId, iv.toString('base64url'), sealed.toString('base64url')].join('.');
    },

    open(sealed, context) {
      const [sealVersion, keyId, iv, body] = sealed.split('.');
      const key = ring().get(keyId ?? '');
      if (sealVersion !== version || !key || !iv || !body) return undefined;
      const bytes = Buffer.from(body, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(bytes.length - tagBytes));
        return (
          decipher.update(bytes.subarray(0, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        return undefined;
      }
    },

    sealBytes: async (bytes, context) => sealBytes(active(), bytes, context),

    async openBytes(sealed, context) {
      const head = sealHeadOf(sealed);
      const key = head && ring().get(head.keyId);
      return key && openBytes(key, { head, sealed, context });
    },

    activeKeyId: () => active()[0],
    has: (keyId) => ring().has(keyId),
  };
}
