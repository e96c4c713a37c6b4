import { defined } from '../../defined.js';
import type { ReadingContext } from '../status-protocol.js';
import type { PageReading, ReadingHints } from '../status-reading.js';
import { newEntriesOf } from './new-entries.js';
import { type NextLink, nextLinkOf } from './next-link.js';
import type { WholeManifest } from './read-manifest.js';

/** What a page was found in. */
interface PageSetting {
  readonly hints: ReadingHints;
  readonly context: ReadingContext;
  /** Whether the answer called the export complete. */
  readonly exportComplete: boolean;
}

/** Reads a manifest as a page if it links to the next one; otherwise tells how its link, if any, leads nowhere. */
export function readPage(
  { bytes, manifest }: WholeManifest,
  { hints, context, exportComplete }: PageSetting,
): PageReading | Exclude<NextLink, { readonly kind: 'page' }> {
  const next = nextLinkOf(manifest, context.url);
  if (next.kind !== 'page') return next;
  return {
    ...hints,
    kind: 'page',
    url: context.memory.cursor?.url ?? context.statusUrl,
    bytes,
    ...defined({ news: newEntriesOf(manifest, context.memory.told) }),
    nextUrl: next.url,
    exportComplete,
  };
}
