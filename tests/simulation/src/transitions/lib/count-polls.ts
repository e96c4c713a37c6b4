import type { Commands } from '../../redis/commands.js';

const keptMs = 35 * 86_400_000;
const countersMax = 4000;

/** `lib/count-polls.lua`: the scorecard of a provider and a day. */
export function countPolls(redis: Commands, score: string, counters: readonly string[]): void {
  for (const counter of counters) {
    if (redis.hincrby(score, counter, 1) !== 1) continue;
    redis.pexpire(score, keptMs);
    if (redis.hlen(score) > countersMax) redis.hdel(score, counter);
  }
}
