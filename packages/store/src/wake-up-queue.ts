import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WakeUp } from './job-store.js';
import { wakeUpQueue } from './keys.js';

/** What a queue entry carries: ids only. */
export interface WakeUpData {
  readonly jobId: string;
  readonly wake: number;
}

/** The engine's view of one entry, as far as rescuing needs it. */
export type EntryState = 'waiting' | 'active' | 'delayed' | 'lost';

/** The alarm clock: wake-ups may be lost or doubled, the records decide. */
export interface WakeUpQueue {
  add(wakeUp: WakeUp): Promise<void>;
  /** State of an entry and, while delayed, the instant it is delayed to by the clock of whoever delayed it. */
  look(wakeUp: {
    jobId: string;
    wake: number;
  }): Promise<{ state: EntryState; delayedUntil?: number }>;
  close(): Promise<void>;
}

export const entryId = (wakeUp: { jobId: string; wake: number }): string =>
  `${wakeUp.jobId}-${wakeUp.wake}`;

/** The engine keeps a stream of its own happenings that nobody reads here; it cannot be switched off. */
const engineEventsLength = 100;

/** Scores of the engine's delayed set: instant in ms times 4096, plus a sequence number. */
const scoreUnit = 4096;

/**
 * The queue on the store's own connection, which fails fast or waits as the role wants it. The engine asks
 * nothing of Redis at the start: what Redis must be is checked elsewhere.
 */
export function createWakeUpQueue(redis: Redis): WakeUpQueue {
  const queue = new Queue<WakeUpData>(wakeUpQueue.name, {
    prefix: wakeUpQueue.prefix,
    connection: redis,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    streams: { events: { maxLen: engineEventsLength } },
  });
  // Without a listener the engine prints to the console; the connection is the store's, which reports itself.
  queue.on('error', () => undefined);

  return {
    async add({ jobId, wake, delayMs }) {
      await queue.add('poll', { jobId, wake }, { jobId: entryId({ jobId, wake }), delay: delayMs });
    },

    async look(wakeUp) {
      const id = entryId(wakeUp);
      const state = await queue.getJobState(id);
      if (state === 'waiting' || state === 'prioritized') return { state: 'waiting' };
      if (state === 'active') return { state: 'active' };
      if (state !== 'delayed') return { state: 'lost' };
      const score = await redis.zscore(queue.toKey('delayed'), id);
      return score === null
        ? { state: 'waiting' }
        : { state: 'delayed', delayedUntil: Math.floor(Number(score) / scoreUnit) };
    },

    close: () => queue.close(),
  };
}
