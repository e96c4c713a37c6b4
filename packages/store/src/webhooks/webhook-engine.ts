import type { RedisServer } from '../redis/redis-server.js';
import { createDispatch, type DispatchEvents } from './dispatch-events.js';
import type { WebhookContext } from './record-delivery.js';
import {
  type Probing,
  type Settlement,
  type SettleResult,
  settleDelivery,
} from './settle-delivery.js';
import { createWebhookFeed, type WebhookFeed } from './webhook-feed.js';
import { webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';
import { type ClaimedDelivery, claimTurn, type WebhookTurn } from './webhook-turn.js';

/** What the worker needs of webhooks: every transition is one atomic, idempotent script. */
export interface WebhookEngine {
  /** Opens the event stream as all workers together read it. The caller closes it. */
  openFeed(): WebhookFeed;
  dispatch: DispatchEvents;
  /** Rings for the receivers that are due, and returns how many: the due index is the clock, the engine its bell. */
  ringDue(): Promise<number>;
  claimTurn(
    receiverId: string,
    options: { readonly most: number; readonly leaseMs: number },
  ): Promise<WebhookTurn | undefined>;
  settle(
    of: { readonly turn: WebhookTurn; readonly delivery: ClaimedDelivery },
    settlement: Settlement,
    probing: Probing,
  ): Promise<SettleResult>;
}

const receiversMax = 1_000;
/** Who is rung comes within this time; otherwise somebody else is rung. */
const comesWithinMs = 3_000;

export const createWebhookEngine = (
  context: WebhookContext,
  server: RedisServer,
): WebhookEngine => ({
  openFeed: () => createWebhookFeed(context, server),
  dispatch: createDispatch(context),
  async ringDue() {
    const [, ...ids] = await webhookScripts.due(
      context.redis,
      { due: webhookKeys.due },
      { most: receiversMax, comesWithinMs },
    );
    // One that is rung for already, and waits for a worker, is not rung for again.
    await Promise.all(ids.map((id) => context.bell.ring(String(id), 'due')));
    return ids.length;
  },
  claimTurn: (receiverId, options) => claimTurn(context, receiverId, options),
  settle: (of, settlement, probing) => settleDelivery(context, of, settlement, probing),
});
