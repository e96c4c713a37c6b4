import { type JobState, jobStates } from '@bulkwatch/contract';
import type { FleetFigures } from './job-store.js';
import { keys } from './keys.js';
import { ask, type StoreContext } from './store-context.js';
import { redisNow } from './until-ready.js';

const hourMs = 3_600_000;
const expiringWithin = [1, 6, 24] as const;

/** Counts over all tenants, from the indexes: nothing is kept twice. */
export async function readFleet(
  context: Pick<StoreContext, 'redis'>,
  overdueToleranceMs: number,
): Promise<FleetFigures> {
  const { redis } = context;
  const now = await redisNow(redis);
  const [tenants, overdueCount, oldest, providersOut, pauseCount, ...expiring] = await ask(
    Promise.all([
      redis.smembers(keys.tenants),
      redis.zcount(keys.due, '-inf', now - overdueToleranceMs),
      redis.zrangebyscore(keys.due, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
      redis.scard(keys.providersOut),
      redis.scard(keys.providersPaused),
      ...expiringWithin.map((hours) => redis.zcount(keys.expiring, now, now + hours * hourMs)),
    ]),
  );
  const counts = await Promise.all(
    jobStates.map(async (state) => [state, await countIn(context, tenants, state)] as const),
  );
  return {
    now,
    jobsByState: Object.fromEntries(counts) as Record<JobState, number>,
    overdueCount,
    providersOut,
    pauseCount,
    expiringCounts: { '1h': expiring[0] ?? 0, '6h': expiring[1] ?? 0, '24h': expiring[2] ?? 0 },
    oldestOverdueAgeMs: overdueCount > 0 ? Math.max(0, now - Number(oldest[1])) : 0,
  };
}

async function countIn(
  { redis }: Pick<StoreContext, 'redis'>,
  tenants: readonly string[],
  state: JobState,
): Promise<number> {
  const counts = await ask(
    Promise.all(tenants.map((tenant) => redis.zcard(`${keys.index(tenant)}:${state}`))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
