import type { Commands } from '../../redis/commands.js';
import { mustBeNumber } from './lua.js';

const dayMs = 86_400_000;

/** `lib/export-history.lua`: what the completed exports of a provider took. */
export function learnDuration(
  redis: Commands,
  { job, state }: { readonly job: string; readonly state: string | undefined },
  { provider, durations }: { readonly provider: string; readonly durations: string },
  now: number,
): void {
  if (state !== 'in-progress') return;
  const [kickedOffAt, registeredAt] = redis.hmget(job, 'kickedOffAt', 'registeredAt');
  const startedAt = Math.max(
    mustBeNumber(kickedOffAt ?? registeredAt),
    mustBeNumber(registeredAt) - dayMs,
  );
  redis.lpush(durations, Math.max(0, now - startedAt));
  redis.ltrim(durations, 0, 199);
  const known = redis
    .lrange(durations, 0, -1)
    .map(mustBeNumber)
    .sort((a, b) => a - b);
  const at = (share: number) => known[Math.ceil(known.length * share) - 1] ?? 0;
  redis.hset(
    provider,
    'historyCount',
    known.length,
    'historyMedianMs',
    known[Math.ceil(known.length / 2) - 1] ?? 0,
    'historyP90Ms',
    at(0.9),
  );
}
