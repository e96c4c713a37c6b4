import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';

const ivBytes = 12;
const tagBytes = 16;

/** Sealed in one go, within a few ms: a manifest of 64 MiB must not hold up everybody else. */
const stepBytes = 1024 * 1024;

/** What sealed bytes begin with. The IV is new each time, so a head tells one sealing from every other. */
export interface SealHead {
  readonly text: string;
  readonly keyId: string;
  readonly iv: Buffer;
}

/** A head is no longer than this, in bytes. */
export const sealHeadMaxBytes = 64;

/** Reads the head at the beginning of `text`; undefined for what is not sealed. No JSON begins like a head. */
export function readSealHead(text: string): SealHead | undefined {
  const [head, keyId = '', iv = ''] = /^v1b\.([\w-]{1,32})\.([\w-]{16})\./.exec(text) ?? [];
  return head === undefined ? undefined : { text: head, keyId, iv: Buffer.from(iv, 'base64url') };
}

/** The head of bytes; undefined where they are not sealed. */
export function sealHeadOf({ buffer, byteOffset, byteLength }: Uint8Array): SealHead | undefined {
  const view = Buffer.from(buffer, byteOffset, byteLength);
  return readSealHead(view.toString('latin1', 0, sealHeadMaxBytes));
}

/**
 * Seals bytes as `createSealer` seals texts, without the third that base64url adds: `v1b.<key id>.<iv>.`, in
 * ASCII, then the bytes of ciphertext and tag.
 */
export async function sealBytes(
  [keyId, key]: readonly [keyId: string, key: Buffer],
  bytes: Uint8Array,
  context: string,
): Promise<Uint8Array> {
  const iv = randomBytes(ivBytes);
  const head = Buffer.from(`v1b.${keyId}.${iv.toString('base64url')}.`);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.allocUnsafe(head.length + bytes.length + tagBytes);
  sealed.set(head);
  await inSteps(bytes, sealed.subarray(head.length), (step) => cipher.update(step));
  cipher.final();
  sealed.set(cipher.getAuthTag(), head.length + bytes.length);
  return sealed;
}

/** Opens what `sealBytes` sealed under this key; undefined where it was changed or moved. */
export async function openBytes(
  key: Buffer,
  { head, sealed, context }: { head: SealHead; sealed: Uint8Array; context: string },
): Promise<Uint8Array | undefined> {
  const body = sealed.subarray(head.text.length);
  if (body.length < tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, head.iv, { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(body.subarray(-tagBytes));
  const bytes = Buffer.allocUnsafe(body.length - tagBytes);
  await inSteps(body.subarray(0, -tagBytes), bytes, (step) => decipher.update(step));
  try {
    decipher.final();
    return bytes;
  } catch {
    return undefined;
  }
}

async function inSteps(
  from: Uint8Array,
  to: Uint8Array,
  transform: (step: Uint8Array) => Uint8Array,
): Promise<void> {
  for (let at = 0; at < from.length; at += stepBytes) {
    if (at > 0) await letOthersRun();
    to.set(transform(from.subarray(at, at + stepBytes)), at);
  }
}
