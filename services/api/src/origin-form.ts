/**
 * Path and query of a request target (RFC 9112 section 3.2), as they are. A target that names none, such as `*`, is
 * read as `/`, where there is nothing: Express would answer it by itself, past everything that each answer has.
 *
 * A target has no fragment: one that was sent is dropped, as `fetch` drops it, and a blank is written as an escape.
 * Express gives targets with either to Node's old URL parser, which reads `\` as `/` and so finds another route.
 */
export function originForm(target: string): string {
  const [named = ''] = target.split('#', 1);
  const readAlike = named.replace(/\s/g, encodeURIComponent);
  if (readAlike.startsWith('/')) return readAlike;
  const [, rest = ''] = /^https?:\/\/[^/?#]+([^]*)$/i.exec(readAlike) ?? [];
  return rest.startsWith('/') ? rest : `/${rest}`;
}
