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

/**
 * A header's values, each taken apart at the commas that join several (RFC 9110 section 5.3). The comma after
 * a weekday belongs to a date. Empty items are left out, but a value of nothing else counts as an empty one.
 */
export function headerItems(header: HeaderValue): readonly string[] {
  return headerValues(header).flatMap((text) => {
    const items = text.split(itemEnd).flatMap((item) => item.trim() || []);
    return items.length === 0 ? [''] : items;
  });
}

const itemEnd =
  /(?<!\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)),/;

function headerValues(header: HeaderValue): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}
