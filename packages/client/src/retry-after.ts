/** `Sun, 06 Nov 1994 08:49:37 GMT`; anything else that Date.parse would take is none of HTTP's. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a Retry-After (RFC 9110 section 10.2.3) as a wait from `now`, both in milliseconds. The api sends seconds; what
 * stands before it may send a date. Undefined for what is neither.
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
