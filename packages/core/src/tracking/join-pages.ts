import { without } from '../defined.js';
import type { ReadingRoom } from '../protocol/bodies/weigh-json.js';
import { mergePages } from '../protocol/fhir-bulk/merge-pages.js';
import type { Complete, CompletePages } from './decision.js';

/**
 * Makes one manifest of the pages that were put by, in their order, and of the last one. Pages that have got
 * lost meanwhile, or are too much for one manifest, make it incomplete.
 */
export function joinPages(
  decision: CompletePages,
  collected: readonly Uint8Array[],
  room?: ReadingRoom,
): Complete {
  const { collectedCount, page } = decision;
  const rest = without(decision, 'next', 'collectedCount');
  const pages = page === undefined ? collected : [...collected, page.bytes];
  const { leftOut, ...merged } = mergePages(pages, room);
  const missing = Math.max(collectedCount - collected.length, 0) + leftOut;
  const isShort = rest.reason === undefined && missing > 0;
  return {
    next: 'complete',
    ...merged,
    ...rest,
    ...(isShort && {
      reason: 'manifest-incomplete',
      detail: `${missing} pages were lost or could not be joined`,
    }),
  };
}
