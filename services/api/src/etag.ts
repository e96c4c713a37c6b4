/** Weak entity tag of a version (RFC 9110 section 8.8.3): the same job may be written in other bytes. */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** Versions that an If-None-Match names (RFC 9110 section 13.1.2); tags that are not ours are passed over. */
export function versionsIn(ifNoneMatch: string | undefined): readonly number[] {
  const tags = ifNoneMatch?.matchAll(/"(\d{1,15})"/g) ?? [];
  return Array.from(tags, (tag) => Number(tag[1]));
}
