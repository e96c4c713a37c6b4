import { gateLimitsText, type OwnLimits } from './gate-limits.js';
import { keys } from './keys.js';
import { ask, type StoreContext } from './store-context.js';

/**
 * Sets the limits that providers have of their own, and takes them from those that are not named: what the house
 * says holds for these again.
 */
export async function limitProviders(
  { redis }: StoreContext,
  limitsByOrigin: ReadonlyMap<string, OwnLimits>,
): Promise<void> {
  const known = await ask(redis.smembers(keys.providersIndex));
  const changes = redis.pipeline();
  for (const origin of known)
    if (!limitsByOrigin.has(origin)) changes.hdel(keys.provider(origin), 'limits');
  for (const [origin, limits] of limitsByOrigin)
    changes.hset(keys.provider(origin), 'limits', gateLimitsText(limits));
  await ask(changes.exec());
}
