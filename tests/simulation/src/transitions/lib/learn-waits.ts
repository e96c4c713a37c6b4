import type { Commands } from '../../redis/commands.js';
import { mustBeNumber, numberOr } from './lua.js';

/** `lib/learn-waits.lua`: what a provider asked for, both in ms or ''. */
export function learnWaits(
  redis: Commands,
  provider: string,
  now: number,
  { retryAfterMs, pauseMs }: { readonly retryAfterMs: string; readonly pauseMs: string },
): void {
  if (retryAfterMs !== '') redis.hset(provider, 'retryAfterMs', retryAfterMs);
  if (pauseMs === '') return;
  const until = now + mustBeNumber(pauseMs);
  if (until > numberOr(redis.hget(provider, 'pausedUntil'), 0)) {
    redis.hset(provider, 'pausedUntil', until);
  }
}
