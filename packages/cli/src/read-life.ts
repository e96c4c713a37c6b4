import { UsageError } from './command-error.js';

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

/** Ms of a span in whole hours or days, `12h` or `90d`, of at most ten years. Throws UsageError. */
export function readLifeMs(text: string): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  const ms = Number(digits) * (unitsMs[unit] ?? Number.NaN);
  if (!(ms > 0 && ms <= 3_650 * 86_400_000))
    throw new UsageError('--expires must be whole hours or days, such as 12h or 90d.');
  return ms;
}
