const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A span of ms in its largest two units, cut off: `1 h 59 min`; `0 s` for less than one. */
export function spanWords(ms: number): string {
  const first = units.findIndex(([, unitMs]) => ms >= unitMs);
  if (first === -1) return '0 s';
  let left = ms;
  const parts = units.slice(first, first + 2).map(([name, unitMs]) => {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    return { name, count };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(' ');
}

/** How far away an instant (ISO 8601) is: `in 12 min`, `3 h ago`; null where there is none. */
export function awayWords(instant: string | null, now: number): string | null {
  if (instant === null) return null;
  const ms = Date.parse(instant) - now;
  return ms < 0 ? `${spanWords(-ms)} ago` : `in ${spanWords(ms)}`;
}
