/** A header as it came: absent, once, or more than once. */
export type HeaderValue = string | readonly string[] | undefined;

/**
 * What the first of a header's values that `read` can use was read as; undefined when there is none.
 * Servers and gateways repeat headers that may come only once, and not always with the same value.
 */
export function firstUsable<T>(
  header: HeaderValue,
  read: (text: string) => T | undefined,
): T | undefined {
  for (const text of headerValues(header)) {
    const usable = read(text);
    if (usable !== undefined) return usable;
  }
  return undefined;
}

/** True when the header came at all, even empty. */
export function isPresent(header: HeaderValue): boolean {
  return headerValues(header).length > 0;
}

function headerValues(header: HeaderValue): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}
