import type { Problem } from '@bulkwatch/client';
import { printable } from './printable.js';

/** What a problem says, in one line. */
export function problemLine({ title, detail, reason }: Problem): string {
  return printable([title, ...(detail === undefined ? [] : [detail]), `(${reason})`].join(' '));
}

/** What is at fault, a line for each field, parameter or header. */
export function problemLines({ errors = [] }: Problem): string[] {
  return errors.map(({ field, message }) => printable(`  ${field}: ${message}`));
}
