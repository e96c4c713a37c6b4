import { createHash } from 'node:crypto';
import type { Job } from '@bulkwatch/contract';

/**
 * Weak entity tag of a job (RFC 9110 section 8.8.3): the same job may be written in other bytes. It begins with the
 * version, and covers all that is shown, as some of that changes without one: what holds a job, when it is due, and
 * when it is likely to end.
 */
export function etagOf(version: number, shown: Job): string {
  const digest = createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
  return `W/"${version}-${digest.slice(0, 11)}"`;
}

/** Weak entity tag of a manifest, which changes with the version of its job only. */
export const manifestEtagOf = (version: number): string => `W/"${version}"`;

/** Versions that an If-None-Match names (RFC 9110 section 13.1.2); tags that are not ours are passed over. */
export function versionsIn(ifNoneMatch: string | undefined): readonly number[] {
  const tags = ifNoneMatch?.matchAll(/"(\d{1,15})(?:-[\w-]*)?"/g) ?? [];
  return Array.from(tags, (tag) => Number(tag[1]));
}
