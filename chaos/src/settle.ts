import { setTimeout as delay } from 'node:timers/promises';
import { keys } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { ApiKey } from './house/make-api-keys.js';
import type { CallApi } from './load/call-api.js';

/**
 * Waits until no job is open any more and, when that is so, until nobody owes a subscriber anything. False where that takes longer.
 * Jobs that wait for an operator, because their tokens were refused for a while, are told once to go on, as an operator does.
 */
export async function settle(
  { redis, callApi, apiKeys }: { redis: Redis; callApi: CallApi; apiKeys: readonly ApiKey[] },
  boundMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + boundMs;
  await tellToGoOn(callApi, apiKeys);
  while ((await redis.zcard(keys.due)) > 0) {
    if (performance.now() > untilMs) return false;
    await delay(250);
  }
  return true;
}

/** Has the jobs polled whose last polls went wrong; within a Retry-After that is refused, and rightly so. */
async function tellToGoOn(callApi: CallApi, apiKeys: readonly ApiKey[]): Promise<void> {
  for (const key of apiKeys)
    for (const health of ['auth-blocked', 'unreachable', 'provider-error']) {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const body = { action: 'poll', filter: { health }, limit: 500, ...(cursor && { cursor }) };
        const answer = await callApi(key, { method: 'POST', path: '/v1/jobs/actions', body });
        if (answer.outcome !== 'ok') break;
        cursor = (JSON.parse(answer.text) as { nextCursor: string | null }).nextCursor;
      }
    }
}
