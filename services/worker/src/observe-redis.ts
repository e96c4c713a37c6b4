import type { WorkerContext } from './context.js';
import { answerInTime } from './redis-answers.js';

/** Before each scrape: whether, how fast and with which clock Redis answers. Never waits for one that does not. */
export function observeRedis({
  store,
  clock,
  metrics,
}: Pick<WorkerContext, 'store' | 'clock' | 'metrics'>): void {
  metrics.onCollect(async () => {
    const askedAtMs = clock.monotonicMs();
    const skewMs = await answerInTime(store.clockSkewMs(), clock);
    const tookMs = clock.monotonicMs() - askedAtMs;
    metrics.redisUp.set(skewMs === undefined ? 0 : 1);
    metrics.redisRoundTripSeconds.reset();
    metrics.redisClockSkewSeconds.reset();
    if (skewMs === undefined) return;
    metrics.redisRoundTripSeconds.set(tookMs / 1000);
    metrics.redisClockSkewSeconds.set(skewMs / 1000);
  });
}
