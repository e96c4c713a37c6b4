import type { Claim } from './job-store.js';
import { keys } from './keys.js';
import { ask, type StoreContext } from './store-context.js';

/**
 * The pages of the manifest that were put by, in the order in which they first came, without the one of
 * `exceptUrl`.
 */
export async function readCollectedPages(
  { redis }: StoreContext,
  { jobId }: Claim,
  exceptUrl?: string,
): Promise<readonly Uint8Array[]> {
  const kept = await ask(redis.hgetallBuffer(keys.pages(jobId)));
  const except = exceptUrl === undefined ? undefined : keys.pageField(exceptUrl);
  return Object.entries(kept)
    .filter(([field]) => field !== except)
    .map(([, value]) => readPage(value))
    .toSorted((a, b) => a.number - b.number)
    .map(({ bytes }) => bytes);
}

/** A page as `apply-decision.lua` keeps it: its number, a space, and its bytes as they came. */
function readPage(value: Buffer): { readonly number: number; readonly bytes: Uint8Array } {
  const space = value.indexOf(' ');
  return { number: Number(value.toString('latin1', 0, space)), bytes: value.subarray(space + 1) };
}
