/**
 * A text as it may be shown. Providers choose some of what is shown (X-Progress, why an export failed): control and
 * format characters in it could move the cursor, recolour or reorder what somebody reads on a terminal.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
