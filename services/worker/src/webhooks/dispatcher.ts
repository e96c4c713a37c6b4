import type { Clock } from '@bulkwatch/runtime';
import type { FeedEntry, WebhookEngine, WebhookFeed } from '@bulkwatch/store';
import { settlesWithin } from '../settles-within.js';

/** Makes deliveries of events, and rings for those that are due. */
export interface Dispatcher {
  start(): void;
  stop(): Promise<void>;
}

export interface DispatcherOptions {
  readonly engine: Pick<WebhookEngine, 'openFeed' | 'dispatch' | 'ringDue'>;
  readonly clock: Clock;
  readonly dice: () => number;
  /** Told once, when the house has a webhook. */
  readonly onFirst: () => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** How often a house without webhooks looks whether it has one now, in ms. */
const lookMs = 2_000;
/** How often what others were given and did not finish is taken over. */
const takeOverMs = 5_000;
/** How often what is due is rung for: retries are late by so much at most. */
const ringMs = 1_000;
const afterErrorMs = 2_000;
/** Longest wait for a batch under way when the worker stops: cut short, it is read again by another. */
const batchMs = 500;

/** Every worker has one; the consumer group gives each entry of the stream to one of them. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { engine, clock, onProblem } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const feed = engine.openFeed();
  const loops: Promise<void>[] = [];

  const loop = (what: string, turn: () => Promise<number>): void => {
    const run = async (): Promise<void> => {
      while (!signal.aborted) {
        const waitMs = await turn().catch((error: unknown) => {
          if (!signal.aborted) onProblem(what, error);
          return afterErrorMs;
        });
        if (waitMs > 0) await clock.sleep(waitMs * (0.75 + options.dice() / 2), signal);
      }
    };
    loops.push(run());
  };

  const ring = async (): Promise<number> => {
    await engine.ringDue();
    return ringMs;
  };

  return {
    start() {
      let hasWebhooks = false;
      let tookOverAt = Number.NEGATIVE_INFINITY;
      loop('events for webhooks', async () => {
        if (clock.monotonicMs() - tookOverAt >= takeOverMs) {
          const forgotten = await feed.readForgotten();
          if (!forgotten || signal.aborted) return lookMs;
          if (!hasWebhooks) {
            hasWebhooks = true;
            options.onFirst();
            loop('rings for webhooks', ring);
          }
          await pass(feed, engine, forgotten);
          // As long as there is some, there may be more.
          if (forgotten.length > 0) return 0;
          tookOverAt = clock.monotonicMs();
        }
        const fresh = await feed.readNew();
        if (!fresh) return lookMs;
        await pass(feed, engine, fresh);
        return 0;
      });
    },
    async stop() {
      stopping.abort();
      await settlesWithin(feed.close(), batchMs);
      await settlesWithin(Promise.all(loops), batchMs);
    },
  };
}

/** Acknowledged only once all deliveries are recorded: killed in between, an entry is read again. */
async function pass(
  feed: WebhookFeed,
  engine: DispatcherOptions['engine'],
  entries: readonly FeedEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await engine.dispatch(entries);
  await feed.acknowledge(entries.map(({ id }) => id));
}
