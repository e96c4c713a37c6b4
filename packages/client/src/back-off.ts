import { BulkwatchError } from './bulkwatch-error.js';

const firstMs = 250;
const usuallyLongestMs = 10_000;

/**
 * How long to wait before the next try, in milliseconds: what the api asked for, and by chance up to a bound that doubles
 * with each try, so that callers that were refused together do not come back together.
 *
 * @param tries how many there have been since the last success, from 1
 * @param dice from 0 up to 1
 * @param longestMs the bound does not go beyond
 */
export function backOffMs(
  tries: number,
  retryAfterMs: number,
  dice: number,
  longestMs = usuallyLongestMs,
): number {
  return retryAfterMs + dice * Math.min(longestMs, firstMs * 2 ** (tries - 1));
}

/** Statuses of the api, and of what stands before it, that pass by themselves. */
const passing = new Set([429, 502, 503, 504]);

/** Whether the same call may succeed a little later. `once`: only where it is certain that nothing was done. */
export function mayPass(error: unknown, { once = false }: { once?: boolean } = {}): boolean {
  if (!(error instanceof BulkwatchError)) return false;
  const { status, reason } = error;
  if (status === 429) return true;
  if (once) return false;
  return status === null
    ? reason === 'connection-failed' || reason === 'timed-out'
    : passing.has(status);
}
