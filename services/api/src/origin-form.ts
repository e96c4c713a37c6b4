/**
 * Path and query of a request target (RFC 9112 section 3.2), as they are. A target that names none, such as `*`, is
 * read as `/`, where there is nothing: Express would answer it by itself, past everything that each answer has.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [, rest = ''] = /^https?:\/\/[^/?#]+([^]*)$/i.exec(target) ?? [];
  return rest.startsWith('/') ? rest : `/${rest}`;
}
