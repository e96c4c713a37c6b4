import type { ExportEvent } from '@bulkwatch/contract';
import type { Delivery, EventHandler } from './deliver.js';
import type { StreamEvent } from './event-types.js';

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
export function oncePerEvent<Event extends StreamEvent = ExportEvent>(
  store: EventStore,
  handler: EventHandler<Event>,
): EventHandler<Event> {
  return async (event, delivery: Delivery) => {
    if (await store.has(event.id)) return;
    await handler(event, delivery);
    await store.add(event.id);
  };
}
