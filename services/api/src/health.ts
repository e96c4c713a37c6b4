import type { HealthReport } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';
import type { Context } from './context.js';

/** Whether a restart would help: only if nobody can connect any more. That it answers shows that the event loop turns. */
export const livez = ({ isListenerLost }: { readonly isListenerLost: boolean }): HealthReport => ({
  ok: !isListenerLost,
  checks: { eventLoop: 'ok', listener: isListenerLost ? 'lost' : 'ok' },
});

/** Whether the api can serve now: it is not stopping, and Redis answers within a second. */
export async function readyz(
  store: Pick<Store, 'ping'>,
  isStopping: boolean,
): Promise<HealthReport> {
  const redis = await store.ping().then(
    () => 'ok',
    () => 'unavailable',
  );
  return {
    ok: redis === 'ok' && !isStopping,
    checks: { redis, listening: isStopping ? 'stopping' : 'ok' },
  };
}

/** Asks Redis before each scrape whether it is there. */
export function observeRedis({
  metrics,
  store,
  clock,
}: Pick<Context, 'metrics' | 'store' | 'clock'>): void {
  metrics.onCollect(async () => {
    // Should Redis hang, the scrape goes out before the answer is there.
    metrics.redisUp.set(0);
    metrics.redisRoundTripSeconds.reset();
    const askedAtMs = clock.monotonicMs();
    await store.ping();
    metrics.redisUp.set(1);
    metrics.redisRoundTripSeconds.set((clock.monotonicMs() - askedAtMs) / 1000);
  });
}

/** Tells which schema the data has. */
export function observeSchema({ metrics, store }: Pick<Context, 'metrics' | 'store'>): void {
  metrics.onCollect(async () => metrics.schemaVersion.set(store.schema.schema ?? 0));
}
