import type { Commands } from '../../redis/commands.js';
import { mustBeNumber } from './lua.js';

/** `lib/expiry-clock.lua`: when to look at the expiry of a completed job's files. */
export function armExpiry(
  redis: Commands,
  keys: { readonly record: string; readonly expiry: string; readonly expiring: string },
  jobId: string,
  aheadMs: string,
): void {
  const [expiresAt, deletedAt] = redis.hmget(keys.record, 'expiresAt', 'deletedAtProviderAt');
  redis.zrem(keys.expiring, jobId);
  if (expiresAt !== undefined && deletedAt === undefined) {
    redis.zadd(keys.expiry, mustBeNumber(expiresAt) - mustBeNumber(aheadMs), jobId);
  } else {
    redis.zrem(keys.expiry, jobId);
  }
}
