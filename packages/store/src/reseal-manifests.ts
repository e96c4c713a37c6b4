import { pageBytes } from './collected-pages.js';
import { keys } from './keys.js';
import { type ResealOutcome, resealTriesMax, unopenedOutcome } from './reseal-outcome.js';
import { scripts } from './scripts.js';
import type { Sealer } from './seal.js';
import { readSealHead, type SealHead, sealHeadMaxBytes, sealHeadOf } from './seal-bytes.js';
import { type ManifestPlace, openManifest, sealManifest } from './sealed-manifests.js';
import { ask, type StoreContext } from './store-context.js';

/** A sealed manifest, or a sealed page of one, by what it begins with. */
export interface SealedManifest {
  readonly pageField?: string;
  readonly head: SealHead;
}

/** What is sealed of the manifest of a job and its pages. */
export async function readSealedManifests(
  { redis }: Pick<StoreContext, 'redis'>,
  jobId: string,
): Promise<readonly SealedManifest[]> {
  const [manifest, ...pages] = await scripts.readSealHeads(
    redis,
    { manifest: keys.manifest(jobId), pages: keys.pages(jobId) },
    { length: sealHeadMaxBytes },
  );
  const found: { pageField?: string; head: SealHead | undefined }[] = [
    { head: readSealHead(String(manifest)) },
  ];
  for (let index = 0; index < pages.length; index += 2)
    found.push({
      pageField: String(pages[index]),
      head: readSealHead(String(pages[index + 1])),
    });
  return found.filter((one): one is SealedManifest => one.head !== undefined);
}

/** Seals a manifest or a page with the active key. One that is sealed with it already is not even read. */
export async function resealManifest(
  context: StoreContext,
  sealer: Sealer,
  { tenant, jobId, pageField, head }: ManifestPlace & SealedManifest,
): Promise<ResealOutcome> {
  if (head.keyId === sealer.activeKeyId()) return { kind: 'current' };
  const place = { tenant, jobId, ...(pageField === undefined ? {} : { pageField }) };
  for (let tries = 0; tries < resealTriesMax; tries += 1) {
    const outcome = await tryToReseal(context, sealer, place);
    if (outcome) return outcome;
  }
  throw new Error(`the manifest of ${jobId} changed ${resealTriesMax} times while it was sealed`);
}

/** Undefined where somebody else wrote meanwhile. */
async function tryToReseal(
  { redis }: StoreContext,
  sealer: Sealer,
  place: ManifestPlace,
): Promise<ResealOutcome | undefined> {
  const { jobId, pageField } = place;
  const kept = await ask(
    pageField === undefined
      ? redis.getBuffer(keys.manifest(jobId))
      : redis.hgetBuffer(keys.pages(jobId), pageField).then((page) => page && pageBytes(page)),
  );
  const head = kept ? sealHeadOf(kept) : undefined;
  if (!kept || !head) return { kind: 'nothing-sealed' };
  if (head.keyId === sealer.activeKeyId()) return { kind: 'current' };
  const opened = await openManifest(sealer, place, kept);
  if (opened.kind === 'unopenable') return unopenedOutcome(sealer, opened.keyId);
  const args = { head: head.text, sealed: await sealManifest(sealer, place, opened.bytes) };
  const [kind] = await (pageField === undefined
    ? scripts.resealManifest(redis, { manifest: keys.manifest(jobId) }, args)
    : scripts.resealPage(redis, { pages: keys.pages(jobId) }, { pageField, ...args }));
  return kind === 'resealed' ? { kind } : undefined;
}
