/**
 * Origins (RFC 6454) and patterns for them. A pattern is an exact origin or, as `https://*.example.org`, the
 * origins of all names below one: of one or more labels more, never of that name itself. Scheme and port are
 * always exact.
 */

/** The origin as `URL.origin` spells it. Undefined for what is more or less than scheme, host and port. */
export function canonicalOrigin(text: string): string | undefined {
  // The URL parser forgives much (`https:/host`, `https://user@host`, blanks), so the shape is checked first.
  if (!/^https?:\/\/[^\s/?#@*\\]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, hostname } = new URL(text);
  // `host.` is another origin than `host`, and nobody means it.
  return hostname.endsWith('.') ? undefined : origin;
}

/** The pattern in its one spelling. Undefined for what is none, such as `https://*.org`, which is too wide. */
export function canonicalOriginPattern(text: string): string | undefined {
  const [, scheme = '', below = ''] = /^(https?:\/\/)\*\.(.+)$/i.exec(text) ?? [];
  if (scheme === '') return canonicalOrigin(text);
  const origin = canonicalOrigin(scheme + below);
  if (origin === undefined || !isQualifiedName(new URL(origin).hostname)) return undefined;
  return origin.replace('://', '://*.');
}

/** Whether a pattern, in its one spelling, covers an origin, as `URL.origin` spells it. */
export function coversOrigin(pattern: string, origin: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === origin;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  // A label stands where the star is, so that the origin is the longer one.
  return origin.length >= pattern.length && origin.startsWith(before) && origin.endsWith(after);
}

/** A name of two labels or more, and no IPv4 or IPv6 address. */
const isQualifiedName = (hostname: string): boolean =>
  /^[^.[\]]+(\.[^.[\]]+)+$/.test(hostname) && !/\.\d+$/.test(hostname);
