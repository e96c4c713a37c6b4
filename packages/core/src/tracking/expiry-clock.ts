/** What the clock of a completed job knows. Instants are epoch ms. */
export interface ExpiryClock {
  readonly expiresAt: number;
  /** The least threshold that was told of this expiry, in ms; 0 where the expiry itself was. */
  readonly toldMs?: number;
  /** Nobody waits for the files any more. */
  readonly isAcknowledged: boolean;
}

/** What is to be told now, and when to look again; what is said here holds until then. */
export type ExpiryStep =
  | { readonly tell: 'expiring'; readonly thresholdMs: number; readonly lookAt: number }
  | { readonly tell: 'expired' }
  | { readonly tell: 'nothing'; readonly lookAt: number }
  /** All was told. */
  | { readonly tell: 'no-more' };

/**
 * Judges what subscribers are to be told of the expiry of a job's files. Whoever looks late, after an outage say, tells the
 * newest threshold alone; and a job that is acknowledged only that its files have expired.
 */
export function expiryStep(
  { expiresAt, toldMs = Number.POSITIVE_INFINITY, isAcknowledged }: ExpiryClock,
  thresholdsMs: readonly number[],
  now: number,
): ExpiryStep {
  if (toldMs === 0) return { tell: 'no-more' };
  if (now >= expiresAt) return { tell: 'expired' };
  if (isAcknowledged) return { tell: 'nothing', lookAt: expiresAt };
  const isPassed = (thresholdMs: number): boolean => expiresAt - thresholdMs <= now;
  const thresholdMs = Math.min(...thresholdsMs.filter(isPassed));
  const lookAt = expiresAt - Math.max(0, ...thresholdsMs.filter((one) => !isPassed(one)));
  return thresholdMs < toldMs
    ? { tell: 'expiring', thresholdMs, lookAt }
    : { tell: 'nothing', lookAt };
}
