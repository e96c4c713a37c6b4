import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** The seal key file is missing, empty or malformed. The message never holds a key. */
export class SealKeysError extends Error {
  override readonly name = 'SealKeysError';
}

/** Seals and opens secrets that are kept in Redis. */
export interface Sealer {
  /** Seals `secret` for one place: `context` must be given again to open it. */
  seal(secret: string, context: string): string;
  /** Undefined when the key is not on the ring, or the sealed text was changed or moved. */
  open(sealed: string, context: string): string | undefined;
}

/**
 * AES-256-GCM with a key ring: `v1.<key id>.<iv>.<ciphertext and tag>`, base64url. The context is associated
 * data, so a sealed text cannot be moved to another record. The first key seals, every key opens.
 */
export function createSealer(ring: ReadonlyMap<string, Buffer>): Sealer {
  const [active] = ring;
  if (!active) throw new SealKeysError('no seal key was given');
  const [activeId, activeKey] = active;

  return {
    seal(secret, context) {
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
      const key = ring.get(keyId ?? '');
      if (sealVersion !== version || !key || !iv || !body) return undefined;
      const bytes = Buffer.from(body, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(bytes.length - tagBytes));
        return (
          decipher.update(bytes.subarray(0, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Reads a key ring: one `<key id> <base64 of 32 bytes>` a line, the active key first, `#` for comments.
 * Throws SealKeysError, naming the line, when the file cannot be read or a line is wrong.
 */
export async function loadSealKeys(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SealKeysError(`seal keys: ${file} cannot be read (${error.code ?? 'unknown error'})`);
  });
  const ring = new Map<string, Buffer>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const where = `seal keys: line ${index + 1} of ${file}`;
    const [keyId, encoded, ...rest] = line.trim().split(/\s+/);
    const key = Buffer.from(encoded ?? '', 'base64');
    if (!keyId || !/^[A-Za-z0-9_-]{1,32}$/.test(keyId) || rest.length > 0)
      throw new SealKeysError(`${where} is not "<key id> <base64 key>"`);
    if (key.length !== 32) throw new SealKeysError(`${where} does not hold 32 bytes in base64`);
    if (ring.has(keyId)) throw new SealKeysError(`${where} repeats the key id ${keyId}`);
    ring.set(keyId, key);
  }
  if (ring.size === 0) throw new SealKeysError(`seal keys: ${file} holds no key`);
  return ring;
}
