import { keys } from './keys.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** What is left of a caller's quota. */
export interface QuotaState {
  /** Whether this request is within the quota. */
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the next request is allowed; 0 where this one is. */
  readonly retryAfterMs: number;
  /** Until the whole quota is there again. */
  readonly fullInMs: number;
}

/** So many requests a caller may send in the window, at once or spread; both bounds hold for all api processes. */
export interface Quota {
  readonly requests: number;
  readonly windowMs: number;
}

/** Takes one request out of the quota of a caller. Rejects with StoreUnavailableError while Redis is away. */
export async function takeRequest(
  { redis }: Pick<StoreContext, 'redis'>,
  caller: string,
  quota: Quota,
): Promise<QuotaState> {
  const [taken, remaining, retryAfterMs, fullInMs] = await scripts.takeRequest(
    redis,
    { bucket: keys.requestQuota(caller) },
    { requests: quota.requests, windowMs: quota.windowMs },
  );
  return {
    allowed: taken === 1,
    remaining: Number(remaining),
    retryAfterMs: Number(retryAfterMs),
    fullInMs: Number(fullInMs),
  };
}
