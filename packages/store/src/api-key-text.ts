import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@bulkwatch/runtime';

/** An API key as its holder sends it: `bwk_<key id>_<256 random bits, base64url>`. */
const form = /^bwk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** What is kept of a text that only its holder knows. The secret is random, so that a plain hash is enough. */
export interface ApiKeyProof {
  readonly keyId: string;
  /** SHA-256 of the whole text. */
  readonly digest: Buffer;
}

/** Makes a new API key. */
export function mintApiKey(): ApiKeyProof & { readonly text: Secret } {
  const keyId = randomBytes(8).toString('hex');
  const text = `bwk_${keyId}_${randomBytes(32).toString('base64url')}`;
  return { keyId, digest: digestOf(text), text: new Secret(text) };
}

/** What an API key proves; undefined for a text that cannot be one. */
export function readApiKey(text: string): ApiKeyProof | undefined {
  const keyId = form.exec(text)?.[1];
  return keyId === undefined ? undefined : { keyId, digest: digestOf(text) };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
