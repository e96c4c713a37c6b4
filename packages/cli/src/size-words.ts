const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes as people say it, in steps of 1,000: `340 B`, `1.2 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  let size = bytes / 1_000;
  let unit = 0;
  // Not 1000.0 kB, which is 1.0 MB.
  for (; size >= 999.95 && unit < units.length - 1; unit += 1) size /= 1_000;
  return `${size.toFixed(1)} ${units[unit]}`;
}
