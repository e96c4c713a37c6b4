import { printableText } from '../bodies/printable-text.js';
import { firstUsable, type HeaderValue } from './header.js';

/** How far the export is, in the provider's words. */
export interface ProgressReading {
  readonly progress?: string;
  /** 0 to 100, only where the text has `number%`. */
  readonly progressPercent?: number;
}

/** The Bulk Data IG keeps X-Progress under 100 characters. */
const progressLength = 100;

/**
 * Reads X-Progress, free text by the Bulk Data IG ("Response - In-Progress Status"): kept verbatim, bounded
 * and free of control characters. Only a number with a percent sign is a percentage: elsewhere the numbers
 * are years, counts and versions.
 */
export function readProgress(header: HeaderValue): ProgressReading {
  const progress = firstUsable(header, (text) => printableText(text, progressLength));
  if (progress === undefined) return {};
  const progressPercent = readPercent(progress);
  return progressPercent === undefined ? { progress } : { progress, progressPercent };
}

function readPercent(text: string): number | undefined {
  // The look-behind keeps the tail of `1.234.5%`, `45,5%` or a negative number from passing for a number.
  const digits = /(?<![\w.,-])\d+(?:\.\d+)?(?= ?%)/.exec(text)?.[0];
  return digits === undefined ? undefined : Math.min(Number(digits), 100);
}
