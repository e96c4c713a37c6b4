import { printableText } from './printable-text.js';

/** An instant takes 40 characters at most; the manifest itself keeps whatever came. */
const transactionTimeLength = 64;

/** The instant of a summary, as its provider wrote it but printable and bounded; null where there is none. */
export function transactionTimeOf(value: unknown): string | null {
  return typeof value === 'string' ? (printableText(value, transactionTimeLength) ?? null) : null;
}
