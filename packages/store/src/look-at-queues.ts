import type { Redis } from 'ioredis';
import { keys, wakeUpQueue } from './keys.js';
import { toStoreError } from './store-unavailable.js';
import { webhookQueue } from './webhooks/webhook-keys.js';

/** Whether entries of the engine's queues are there for whoever asks: they wait, or their delay is over. */
export interface ReadyQueues {
  readonly polls: boolean;
  readonly webhooks: boolean;
}

/** Scores of the engine's delayed set: instant in ms times 4096, plus a sequence number. */
const scoreUnit = 4096;
/** A delay that has been over for less than this is about to be noticed. */
const aboutToMs = 1_000;
const signLivesMs = 60_000;

const partsOf = ({ name, prefix }: { readonly name: string; readonly prefix: string }) => {
  const key = (part: string): string => `${prefix}:${name}:${part}`;
  return {
    wait: key('wait'),
    prioritized: key('prioritized'),
    delayed: key('delayed'),
    meta: key('meta'),
  };
};

/**
 * Looks at both queues in one round trip, whatever their length. Delays are judged by the clock of this process, as its
 * engine does. Writes a sign of life first: a Redis that takes no write, and lets nobody fetch anything, is not one where
 * entries are ready.
 *
 * Rejects with StoreUnavailableError where Redis is away, full or read-only.
 */
export async function lookAtQueues(redis: Redis): Promise<ReadyQueues> {
  const look = redis.pipeline().set(keys.signOfLife, '', 'PX', signLivesMs);
  for (const queue of [wakeUpQueue, webhookQueue]) {
    const { wait, prioritized, delayed, meta } = partsOf(queue);
    look
      .llen(wait)
      .zcard(prioritized)
      .zrange(delayed, '0', '0', 'WITHSCORES')
      .hexists(meta, 'paused');
  }
  const results = await look.exec().catch((error: unknown) => {
    throw toStoreError(error);
  });
  const replies = (results ?? []).map(([error, reply]) => {
    if (error) throw toStoreError(error);
    return reply;
  });
  return { polls: isReady(replies.slice(1, 5)), webhooks: isReady(replies.slice(5, 9)) };
}

function isReady([waiting, yielding, first, paused]: readonly unknown[]): boolean {
  if (paused === 1) return false;
  const [, score] = first as [string?, string?];
  const isDue = score !== undefined && Number(score) / scoreUnit <= Date.now() - aboutToMs;
  return Number(waiting) > 0 || Number(yielding) > 0 || isDue;
}
