import type { Commands } from '../../redis/commands.js';
import type { ScriptArgument } from '../transition.js';

/** `lib/keep-page.lua`: puts by a page of a manifest, numbered in the order of first arrival. */
export function keepPage(
  redis: Commands,
  { record, pages }: { readonly record: string; readonly pages: string },
  fingerprint: string,
  page: ScriptArgument,
): void {
  if (redis.hdel(record, 'hasOldPages') === 1) redis.del(pages);
  redis.hsetnx(pages, fingerprint, joined(`${redis.hlen(pages) + 1} `, page));
}

const joined = (head: string, page: ScriptArgument): ScriptArgument =>
  typeof page === 'string' ? head + page : Buffer.concat([Buffer.from(head), page]);
