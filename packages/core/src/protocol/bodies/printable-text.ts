/**
 * A copy of foreign text that is safe to store and show: one line, at most `maxLength` UTF-16 units, without
 * control characters, invisible format characters (bidirectional marks) or broken surrogates. Of a URL in it the
 * query is left out, which may be a capability. Undefined when nothing is left.
 */
export function printableText(text: string, maxLength: number): string | undefined {
  const printable = text
    .trimStart()
    .slice(0, maxLength)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replace(queryOfUrl, '$1…')
    .trim();
  return printable === '' ? undefined : printable;
}

/** Behind a path as behind a host: servers name their jobs by relative URLs too. */
const queryOfUrl = /(\/[^\s/?]*\?)\S+/g;
