import { deliver } from '../events/deliver.js';
import { parseEvent } from '../events/parse-event.js';
import type { Stop } from '../events/stop.js';
import type { Entry, EventGroup } from './event-group.js';
import type { Subscription } from './subscribe-options.js';

export type Holding = ReturnType<typeof holdEntries>;

/** Holds entries while they are dealt with, over all sessions: a connection that is lost ends no handler. */
export function holdEntries(subscription: Subscription, stop: Stop) {
  const { rules, wants, concurrency } = subscription;
  const held = new Map<string, Promise<void>>();
  /** Dealt with, but Redis does not know yet. */
  const unacknowledged = new Set<string>();
  let group: EventGroup | undefined;
  let fail: (error: unknown) => void = () => undefined;

  const acknowledge = async (id: string): Promise<void> => {
    unacknowledged.add(id);
    await group?.acknowledge([id]);
    unacknowledged.delete(id);
  };

  const deal = async (entry: Entry): Promise<void> => {
    const { id, json, deliveryCount: first } = entry;
    const event = parseEvent(json);
    if (!event) return group?.putAside(entry, 'event-unreadable');
    if (!wants(event.type)) return acknowledge(id);
    // Whoever had it the last time has neither resolved nor rejected: it may be what kills them.
    if (first > rules.deliveriesMax) return group?.putAside(entry, 'not-acknowledged');

    let current = entry;
    const again = async (): Promise<boolean> => {
      const claimed = await group?.claim(current, 0);
      if (claimed) current = claimed;
      return claimed !== undefined;
    };
    const outcome = await deliver(rules, { id, event, first }, stop, again);
    if (outcome.kind === 'handled') await acknowledge(id);
    if (outcome.kind === 'failed') await group?.putAside(current, 'handler-failed', outcome.error);
  };

  return {
    has: (id: string): boolean => held.has(id) || unacknowledged.has(id),
    /** For how many more there is room. */
    room: (): number => concurrency - held.size,
    /** Waits until there is room for one more, or nothing new is to be begun. */
    async untilRoom(): Promise<void> {
      if (held.size < concurrency) return;
      const { promise, dispose } = whenAborted(stop.asked);
      await Promise.race([promise, ...held.values()]).finally(dispose);
    },
    add(entry: Entry): void {
      const work = deal(entry)
        // The entry is pending, and comes again in the next session.
        .catch((error: unknown) => fail(error))
        .finally(() => held.delete(entry.id));
      held.set(entry.id, work);
    },
    /** Goes on with a new session, which fails where an entry does. Tells it at first what the one before was not told. */
    async begin(newGroup: EventGroup, onFailure: (error: unknown) => void): Promise<void> {
      group = newGroup;
      fail = onFailure;
      const ids = [...unacknowledged];
      if (ids.length === 0) return;
      await group.acknowledge(ids);
      for (const id of ids) unacknowledged.delete(id);
    },
    /** Tells the others that we live. */
    async renew(): Promise<void> {
      if (held.size > 0) await group?.renew([...held.keys()]).catch(fail);
    },
    /** Waits until all is done. */
    async settled(): Promise<void> {
      await Promise.all(held.values());
    },
  };
}

function whenAborted(signal: AbortSignal) {
  let dispose = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    const listener = (): void => resolve();
    signal.addEventListener('abort', listener, { once: true });
    dispose = () => signal.removeEventListener('abort', listener);
  });
  return { promise, dispose };
}
