import { UsageError } from './command-error.js';

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Ms of a span, `90s`, `30m`, `12h` or `7d`; undefined where there is none. Throws UsageError. */
export function readSpanMs(
  text: string | undefined,
  { name }: { readonly name: string },
): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  if (digits === undefined)
    throw new UsageError(`--${name} must be a span, such as 90s, 30m, 12h or 7d.`);
  return Number(digits) * (unitsMs[unit] ?? 0);
}
