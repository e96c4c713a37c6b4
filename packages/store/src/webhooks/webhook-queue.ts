import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { webhookQueue } from './webhook-keys.js';

/** What an entry of the engine carries: who is to be looked at. */
export interface WebhookTurnData {
  readonly receiverId: string;
}

/** Calls somebody to look at a receiver. A ring may be lost or come twice: the records decide. */
export interface WebhookBell {
  /** A ring that is still waiting is not sent again: `name` makes it another one, or the same. */
  ring(receiverId: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** The engine keeps a stream of its own happenings that nobody reads here; it cannot be switched off. */
const engineEventsLength = 100;

/** On the store's own connection, as the queue of polls is. */
export function createWebhookBell(
  redis: Redis,
  onProblem: (what: string, error: unknown) => void,
): WebhookBell {
  const queue = new Queue<WebhookTurnData>(webhookQueue.name, {
    prefix: webhookQueue.prefix,
    connection: redis,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    streams: { events: { maxLen: engineEventsLength } },
  });
  // Without a listener the engine prints to the console; the connection is the store's, which reports itself.
  queue.on('error', () => undefined);
  return {
    async ring(receiverId, name) {
      await queue
        .add('turn', { receiverId }, { jobId: `${receiverId}-${name}` })
        .catch((error: unknown) => onProblem('ring for a webhook', error));
    },
    close: () => queue.close(),
  };
}
