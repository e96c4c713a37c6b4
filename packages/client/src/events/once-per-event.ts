import type { Delivery, EventHandler } from './deliver.js';

/** Remembers ids of events. One in Redis is at hand in `@bulkwatch/client/redis`. */
export interface EventStore {
  has(eventId: string): Promise<boolean>;
  add(eventId: string): Promise<void>;
}

/**
 * A handler that passes over events whose `id` the store has. The id is added after the handler has resolved, so no event is
 * left out; where the process dies between the two, the handler gets that event once more. To rule even that out, have the
 * handler write the id in the same transaction as its effect.
 */
export function oncePerEvent(store: EventStore, handler: EventHandler): EventHandler {
  return async (event, delivery: Delivery) => {
    if (await store.has(event.id)) return;
    await handler(event, delivery);
    await store.add(event.id);
  };
}
