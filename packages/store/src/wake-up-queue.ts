import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WakeUp, Yielding } from './job-store.js';
import { wakeUpQueue } from './keys.js';
import type { RedisClock } from './redis-clock.js';
import { ask } from './store-context.js';

/** What a queue entry carries: ids only. */
export interface WakeUpData {
  readonly jobId: string;
  readonly wake: number;
}

/** The engine's view of one entry, as far as rescuing needs it. */
export interface EntryView {
  readonly state: 'waiting' | 'active' | 'delayed' | 'lost';
  /** While delayed: the instant it is delayed to, by Redis's clock, if whoever delayed it has the same clock as we. */
  readonly delayedUntil?: number;
}

/** The alarm clock: wake-ups may be lost or doubled, the records decide. */
export interface WakeUpQueue {
  add(wakeUp: WakeUp): Promise<void>;
  /**
   * Views of entries, in the order asked; at least one. Asked in bulk, since the engine's lists have to be
   * read through and hold the whole backlog: its own `getState` reads them again for every entry.
   */
  look(
    wakeUps: readonly { readonly jobId: string; readonly wake: number }[],
  ): Promise<readonly EntryView[]>;
  close(): Promise<void>;
}

/**
 * With more open jobs than this, a provider's wake-ups let those of others go first: when all of them are due at once,
 * as after an outage, looking at each for the first time takes a while.
 */
const crowdMin = 1_000;

/** Whether the wake-ups of a provider with so many open jobs yield to those of others. */
export const yielding = (openJobs: unknown): Yielding =>
  Number(openJobs) > crowdMin ? { yields: true } : {};

/** The engine's priority of what yields; what has none goes before it, and both are served in the order of their time. */
export const yieldingPriority = 1;

export const entryId = (wakeUp: { readonly jobId: string; readonly wake: number }): string =>
  `${wakeUp.jobId}-${wakeUp.wake}`;

/** The engine keeps a stream of its own happenings that nobody reads here; it cannot be switched off. */
const engineEventsLength = 100;

/** Scores of the engine's delayed set: instant in ms times 4096, plus a sequence number. */
const scoreUnit = 4096;

/** Members of a list that are read at once, so that no reply holds up Redis. */
const sliceLength = 5_000;

/**
 * The queue on the store's own connection, which fails fast or waits as the role wants it. The engine asks
 * nothing of Redis at the start: what Redis must be is checked elsewhere.
 */
export function createWakeUpQueue(redis: Redis, clock: RedisClock): WakeUpQueue {
  const queue = new Queue<WakeUpData>(wakeUpQueue.name, {
    prefix: wakeUpQueue.prefix,
    connection: redis,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    streams: { events: { maxLen: engineEventsLength } },
  });
  // Without a listener the engine prints to the console; the connection is the store's, which reports itself.
  queue.on('error', () => undefined);
  // The engine goes by the clocks of its workers, which may be far from Redis's.
  const byRedisClock = (score: number): number => score + (clock.now() - Date.now()) * scoreUnit;

  return {
    async add({ jobId, wake, delayMs, yields }) {
      await queue.add(
        'poll',
        { jobId, wake },
        {
          jobId: entryId({ jobId, wake }),
          delay: delayMs,
          ...(yields ? { priority: yieldingPriority } : {}),
        },
      );
    },

    async look(wakeUps) {
      const ids = wakeUps.map(entryId);
      // In the order in which entries go from one to the next, so that one on its way is not missed.
      const delayed = await ask(redis.zmscore(queue.toKey('delayed'), ...ids));
      const scores = delayed.map((score) => score && byRedisClock(Number(score)));
      const yields = await ask(redis.zmscore(queue.toKey('prioritized'), ...ids));
      const waiting = await amongMembers(redis, [queue.toKey('wait'), queue.toKey('paused')], ids);
      const active = await amongMembers(redis, [queue.toKey('active')], ids);
      return ids.map((id, index) => {
        const score = scores[index] ?? null;
        if (score !== null)
          return { state: 'delayed', delayedUntil: Math.floor(Number(score) / scoreUnit) };
        if (waiting.has(id) || (yields[index] ?? null) !== null) return { state: 'waiting' };
        return { state: active.has(id) ? 'active' : 'lost' };
      });
    },

    close: () => queue.close(),
  };
}

/** Which of `ids` are in the lists. Read from the head, where entries join: those that move are not skipped. */
async function amongMembers(
  redis: Redis,
  lists: readonly string[],
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set(ids);
  const found = new Set<string>();
  for (const list of lists) {
    let slice: string[];
    let start = 0;
    do {
      slice = await ask(redis.lrange(list, start, start + sliceLength - 1));
      for (const id of slice) if (wanted.has(id)) found.add(id);
      start += sliceLength;
    } while (slice.length === sliceLength);
  }
  return found;
}
