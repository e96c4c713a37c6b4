/** A bar of a width in characters; dots where it is not known how far it is. */
export function progressBar(progressPercent: number | null, width: number): string {
  if (progressPercent === null) return '·'.repeat(width);
  const full = Math.floor((Math.min(100, Math.max(0, progressPercent)) / 100) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
