import type { Manifest } from '@bulkwatch/contract';
import { isJsonObject } from '../bodies/json-object.js';
import { linkTarget } from '../headers/link-target.js';

/** Whether a manifest goes on, and where; `unusable` where its link cannot be followed. */
export type NextLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'unusable' };

/**
 * Finds the link of a manifest to its next page (Bulk Data Access IG 3.0.0, "Response - Output Manifest",
 * `link` with relation `next`).
 *
 * @param base absolute URL of the manifest, which a relative link is relative to
 */
export function nextLinkOf({ link }: Manifest, base: string): NextLink {
  const links: readonly unknown[] = Array.isArray(link) ? link : [];
  const next = links.filter(isJsonObject).find(({ relation }) => relation === 'next');
  if (next === undefined) return { kind: 'none' };
  const url = typeof next.url === 'string' ? linkTarget(next.url, base) : undefined;
  return url === undefined ? { kind: 'unusable' } : { kind: 'page', url };
}
