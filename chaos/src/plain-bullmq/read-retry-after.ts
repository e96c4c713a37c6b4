/** Where a server asks for no wait, in ms. */
const usualMs = 5_000;

/** Reads a Retry-After, seconds or a date, in ms from now, the way that comes to mind first. */
export function readRetryAfter(value: string | null): number {
  if (value === null) return usualMs;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? usualMs : Math.max(0, until - Date.now());
}
