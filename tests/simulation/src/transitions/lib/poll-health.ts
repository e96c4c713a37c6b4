import type { Commands } from '../../redis/commands.js';

/** `lib/poll-health.lua`: the index of open jobs that cannot be polled as they should; a score of 0 is well. */
export function noteHealth(redis: Commands, index: string, id: string, score: number): void {
  if (score === 0) redis.zrem(index, id);
  else redis.zadd(index, score, id);
}

/** What a poll found, '' where the job was and is well. */
export function notePolledHealth(
  redis: Commands,
  { index, id }: { readonly index: string; readonly id: string },
  score: string,
  { isPaused, isSettled }: { readonly isPaused: boolean; readonly isSettled: boolean },
): void {
  if (isPaused && isSettled) noteHealth(redis, index, id, 0);
  else if (score !== '' && !isPaused) noteHealth(redis, index, id, Number(score));
}
