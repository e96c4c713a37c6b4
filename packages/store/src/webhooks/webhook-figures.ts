import type { Redis } from 'ioredis';
import { ask, type StoreContext } from '../store-context.js';
import { redisNow } from '../until-ready.js';
import type { WebhookFigures } from '../webhook-store.js';
import { webhookKeys } from './webhook-keys.js';

/** Receivers that are looked at; those beyond are the last that have anything to do. */
const receiversMax = 1_000;

/** Counts over all tenants, from the indexes: nothing is kept twice. */
export async function readWebhookFigures({ redis }: StoreContext): Promise<WebhookFigures> {
  const now = await redisNow(redis);
  const [receiverIds, failingCount, longestFailing, disabledCount] = await ask(
    Promise.all([
      redis.zrange(webhookKeys.due, '0', String(receiversMax - 1)),
      redis.zcard(webhookKeys.failing),
      oldestScore(redis, webhookKeys.failing),
      redis.scard(webhookKeys.disabled),
    ]),
  );
  const receivers = await ask(Promise.all(receiverIds.map((id) => readReceiver(redis, id))));
  const dueSince = receivers.map(({ dueAt }) => dueAt).filter((dueAt) => dueAt !== undefined);
  return {
    pendingCount: receivers.reduce((sum, { pending }) => sum + pending, 0),
    overdueMs: Math.max(0, ...dueSince.map((dueAt) => now - dueAt)),
    failingCount,
    longestFailingMs: longestFailing === undefined ? 0 : Math.max(0, now - longestFailing),
    disabledCount,
  };
}

/** What is pending at a receiver, and from when on it should have been sent something, being under way or not. */
async function readReceiver(redis: Redis, id: string) {
  const [pending, firstAt, gate] = await Promise.all([
    redis.zcard(webhookKeys.pending(id)),
    oldestScore(redis, webhookKeys.pending(id)),
    redis.hmget(webhookKeys.receiver(id), 'probeAt', 'askedUntil'),
  ]);
  const restsUntil = Math.max(...gate.map(Number));
  return { pending, dueAt: firstAt === undefined ? undefined : Math.max(firstAt, restsUntil) };
}

async function oldestScore(redis: Redis, key: string): Promise<number | undefined> {
  const [, score] = await redis.zrange(key, '0', '0', 'WITHSCORES');
  return score === undefined ? undefined : Number(score);
}
