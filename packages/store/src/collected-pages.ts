import type { Claim, CollectedPages } from './job-store.js';
import { keys } from './keys.js';
import { openManifest } from './sealed-manifests.js';
import { ask, type StoreContext } from './store-context.js';

/**
 * The pages of the manifest that were put by, in the order in which they first came, without the one of
 * `exceptUrl`.
 */
export async function readCollectedPages(
  { redis, sealer }: StoreContext,
  { jobId, job: { tenant } }: Claim,
  exceptUrl?: string,
): Promise<CollectedPages> {
  const kept = await ask(redis.hgetallBuffer(keys.pages(jobId)));
  const except = exceptUrl === undefined ? undefined : keys.pageField(exceptUrl);
  const inOrder = Object.entries(kept)
    .filter(([pageField]) => pageField !== except)
    .map(([pageField, page]) => ({ pageField, number: pageNumber(page), bytes: pageBytes(page) }))
    .toSorted((a, b) => a.number - b.number);
  const pages: Uint8Array[] = [];
  for (const { pageField, bytes } of inOrder) {
    const opened = await openManifest(sealer, { tenant, jobId, pageField }, bytes);
    if (opened.kind === 'unopenable') return opened;
    pages.push(opened.bytes);
  }
  return { kind: 'opened', pages };
}

/** A page is kept by `apply-decision.lua` as its number, a space, and its bytes. */
export const pageBytes = (page: Buffer): Uint8Array => page.subarray(page.indexOf(' ') + 1);

const pageNumber = (page: Buffer): number => Number(page.toString('latin1', 0, page.indexOf(' ')));
