import type { WebhookEngine } from '@bulkwatch/store';
import { eventually } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openWebhookFleet,
  type Receiver,
  startReceiver,
  type WebhookFleet,
} from './webhook-fleet.js';

/**
 * A worker that dies between every two steps. What it had in hand is another's after a while; the test lets that
 * while pass by itself.
 */

let fleet: WebhookFleet;
let receiver: Receiver;
beforeEach(async () => {
  fleet = await openWebhookFleet();
  receiver = await startReceiver();
});
afterEach(async () => {
  await fleet.close();
  await receiver.close();
});

type Step = 'readNew' | 'dispatch' | 'acknowledge' | 'claimTurn' | 'settle';
const never = new Promise<never>(() => undefined);

/** An engine that hangs for good before or after a step, as that of a killed process. `died` resolves then. */
function mortal(fatal: Step, when: 'before' | 'after') {
  let isDead = false;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    die = () => {
      isDead = true;
      resolve();
    };
  });
  const step =
    <Args extends unknown[], T>(name: Step, run: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (isDead) return never;
      if (name === fatal && when === 'before') {
        die();
        return never;
      }
      const result = await run(...args);
      const isNothing = Array.isArray(result) && result.length === 0;
      if (name === fatal && !isNothing) die();
      return isDead ? never : result;
    };
  const wrap = (engine: WebhookEngine): WebhookEngine => ({
    openFeed() {
      const feed = engine.openFeed();
      return {
        ...feed,
        readNew: step('readNew', feed.readNew),
        acknowledge: step('acknowledge', feed.acknowledge),
      };
    },
    dispatch: step('dispatch', engine.dispatch),
    ringDue: () => (isDead ? never : engine.ringDue()),
    claimTurn: step('claimTurn', engine.claimTurn),
    settle: step('settle', engine.settle),
  });
  return { wrap, died };
}

describe('a worker that is killed', () => {
  it.each<[when: 'before' | 'after', step: Step, most: number]>([
    ['after', 'readNew', 1],
    ['before', 'dispatch', 1],
    ['after', 'dispatch', 1],
    ['before', 'acknowledge', 1],
    ['after', 'acknowledge', 1],
    ['before', 'claimTurn', 1],
    ['after', 'claimTurn', 1],
    ['before', 'settle', 2],
    ['after', 'settle', 1],
  ])('%s it %ss loses nothing', async (when, step, most) => {
    const { id: endpointId } = await fleet.endpoint({ url: receiver.url });
    const { wrap, died } = mortal(step, when);
    const first = await fleet.worker({}, wrap);
    const jobId = await fleet.happen();
    await died;
    await first.stop(50);
    await fleet.passTime();
    await fleet.worker();

    await eventually(async () => {
      const log = await fleet.store.webhooks.deliveries('default', { endpointId }, { limit: 10 });
      expect(log?.deliveries.map(({ state }) => state)).toEqual(['delivered']);
    });
    expect(new Set(receiver.ids())).toEqual(new Set([`${jobId}.registered.0`]));
    expect(receiver.posts.length).toBeLessThanOrEqual(most);
    const pending = await fleet.raw.xpending('{bulkwatch}:events', 'bulkwatch-webhooks');
    expect(pending[0]).toBe(0);
  });
});
