/**
 * Reads the code of a status written as text, such as `202 Accepted`; the reason phrase is optional and means
 * nothing (RFC 9110 section 15). Undefined for what is no code of 100 to 599.
 */
export function parseStatusCode(text: string): number | undefined {
  const code = /^\s*([1-5]\d{2})(?!\d)/.exec(text)?.[1];
  return code === undefined ? undefined : Number(code);
}
