import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { ApiKey } from './house/make-api-keys.js';
import type { CallApi } from './load/call-api.js';
import type { Subject } from './subject.js';

/** A health in which a job may wait for minutes until somebody has looked at it, as an operator does in an incident. */
const unwell = ['auth-blocked', 'unreachable', 'provider-error', 'rate-limited', 'stalled'];
const lookEveryMs = 5_000;

interface SettleParts {
  readonly subject: Subject;
  readonly redis: Redis;
  readonly callApi: CallApi;
  readonly apiKeys: readonly ApiKey[];
}

/**
 * Waits until no job is open any more and the engine has nothing in hand. False where that takes longer; rejects when the signal aborts. Jobs whose last polls
 * went wrong are polled now and then, as operators do after an incident: by themselves some wait for five minutes and more.
 */
export async function settle(
  { subject, redis, callApi, apiKeys }: SettleParts,
  boundMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const untilMs = performance.now() + boundMs;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  while ((await subject.countLeft(redis)) > 0) {
    const nowMs = performance.now();
    if (nowMs > untilMs) return false;
    if (nowMs > lookedAtMs + lookEveryMs) {
      lookedAtMs = nowMs;
      if (subject.isWhole) await pollUnwell(callApi, apiKeys);
    }
    await delay(250, undefined, { signal });
  }
  return true;
}

/** Has them polled; within a Retry-After that is refused, and rightly so. */
async function pollUnwell(callApi: CallApi, apiKeys: readonly ApiKey[]): Promise<void> {
  for (const key of apiKeys)
    for (const health of unwell) {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const body = { action: 'poll', filter: { health }, limit: 500, ...(cursor && { cursor }) };
        const answer = await callApi(key, { method: 'POST', path: '/v1/jobs/actions', body });
        if (answer.outcome !== 'ok') break;
        cursor = (JSON.parse(answer.text) as { nextCursor: string | null }).nextCursor;
      }
    }
}
