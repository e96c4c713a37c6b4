/** Characters. What is longer is no link that anybody can follow. */
const urlLengthMax = 2048;

/**
 * The absolute URL that a Location or a link of a manifest leads to, less its fragment; undefined where it
 * cannot be followed: no http(s), user-info in it, or from https to http, where the request would be in clear.
 *
 * @param reference absolute, or relative to `base`
 * @param base absolute URL of what holds the reference
 */
export function linkTarget(reference: string, base: string): string | undefined {
  if (reference.trim() === '' || !URL.canParse(reference, base)) return undefined;
  const target = new URL(reference, base);
  const schemes = base.startsWith('https:') ? ['https:'] : ['https:', 'http:'];
  if (!schemes.includes(target.protocol)) return undefined;
  if (target.username !== '' || target.password !== '') return undefined;
  target.hash = '';
  return target.href.length > urlLengthMax ? undefined : target.href;
}
