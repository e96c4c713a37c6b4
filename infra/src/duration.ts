/** Seconds, said in the unit that people think in. */
export const minutes = (count: number): number => count * 60;
export const hours = (count: number): number => minutes(count * 60);
export const days = (count: number): number => hours(count * 24);

const units = [
  ['d', days(1)],
  ['h', hours(1)],
  ['m', minutes(1)],
  ['s', 1],
] as const;

/** A span of time as Prometheus and Alertmanager write it, from seconds: `2h30m`. Whole seconds only. */
export function durationText(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0) throw new Error(`${seconds} s cannot be written.`);
  let left = seconds;
  const parts = units.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}
