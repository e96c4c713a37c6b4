/**
 * A copy of foreign text that is safe to store and show: one line, at most `maxLength` UTF-16 units, without
 * control characters, invisible format characters (bidirectional marks) or broken surrogates.
 * Undefined when nothing is left.
 */
export function printableText(text: string, maxLength: number): string | undefined {
  const printable = text
    .trimStart()
    .slice(0, maxLength)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
  return printable === '' ? undefined : printable;
}
