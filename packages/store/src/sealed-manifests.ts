import type { UnopenableBytes } from './job-store.js';
import type { Sealer } from './seal.js';
import { sealHeadOf } from './seal-bytes.js';

/** Whose manifest it is; with `pageField` that page of it, by its field among the pages of the job. */
export interface ManifestPlace {
  readonly tenant: string;
  readonly jobId: string;
  readonly pageField?: string;
}

/** Sealed bytes open in their own place only. */
const contextOf = ({ tenant, jobId, pageField }: ManifestPlace): string =>
  (pageField === undefined
    ? ['bulkwatch', 'manifest', tenant, jobId]
    : ['bulkwatch', 'page', tenant, jobId, pageField]
  ).join('|');

/**
 * A manifest, or a page of one, as it is kept: sealed, because the URLs of its files may be signed and open the
 * files to whoever has them. Where there is no key it is kept as it is.
 */
export async function sealManifest(
  sealer: Sealer | undefined,
  place: ManifestPlace,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  return sealer ? sealer.sealBytes(bytes, contextOf(place)) : bytes;
}

/** Bytes as they are read back, or the key that would be needed for them. */
export type OpenedManifest =
  | { readonly kind: 'opened'; readonly bytes: Uint8Array }
  | UnopenableBytes;

/** Opens what `sealManifest` made. What was written in clear, when there was no key, is taken as it is. */
export async function openManifest(
  sealer: Sealer | undefined,
  place: ManifestPlace,
  kept: Uint8Array,
): Promise<OpenedManifest> {
  const head = sealHeadOf(kept);
  if (head === undefined) return { kind: 'opened', bytes: kept };
  const bytes = await sealer?.openBytes(kept, contextOf(place));
  return bytes ? { kind: 'opened', bytes } : { kind: 'unopenable', keyId: head.keyId };
}
