import type { WorkerContext } from './context.js';
import { redisAnswers } from './redis-answers.js';

/** Asks Redis for a sign of life, and tells whether, how fast and with which clock it answers. */
export async function observeRedis({
  store,
  clock,
  metrics,
}: Pick<WorkerContext, 'store' | 'clock' | 'metrics'>): Promise<boolean> {
  const askedAtMs = clock.monotonicMs();
  const isUp = await redisAnswers(store, clock);
  const tookMs = clock.monotonicMs() - askedAtMs;
  metrics.redisUp.set(isUp ? 1 : 0);
  if (isUp) metrics.redisRoundTripSeconds.set(tookMs / 1000);
  else metrics.redisRoundTripSeconds.reset();
  if (isUp) metrics.redisClockSkewSeconds.set((await store.clockSkewMs()) / 1000);
  return isUp;
}
