import type { ExportEvent } from '@bulkwatch/contract';
import { sleep } from '../sleep.js';
import type { StreamEvent } from './event-types.js';
import type { Stop } from './stop.js';

/** About one time that an event is given to a handler. */
export interface Delivery {
  /** Where the event is in the stream; not its `id`. */
  readonly entryId: string;
  /** How often it has been given to a handler, this time included. */
  readonly deliveryCount: number;
  /** Aborts when a stop cannot wait for the handler any longer. */
  readonly signal: AbortSignal;
}

/**
 * Deals with an event. When it resolves, the event has been dealt with; when it rejects, the event is given to it again.
 * An event may also come again after it has resolved, with the same `id`.
 */
export type EventHandler<Event = ExportEvent> = (event: Event, delivery: Delivery) => unknown;

/** Told of what went wrong and is tried again: for the log. */
export type OnProblem = (what: 'handler' | 'connection', error: unknown) => void;

/** How events are given to a handler, whichever way they come. */
export interface DeliveryRules {
  readonly onEvent: EventHandler<StreamEvent>;
  readonly onProblem: OnProblem;
  /** How often an event is given out at most. */
  readonly deliveriesMax: number;
  /** How long to wait before the second time, in milliseconds; twice as long before each further one. */
  readonly redeliverMs: number;
}

/** `left`: it has not been dealt with, and is to come again later. */
export type Outcome =
  | { readonly kind: 'handled' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'left' };

const longestWaitMs = 300_000;

/**
 * Gives an event to the handler until that resolves, as often as it may be given out.
 *
 * @param first which time the first one is, from 1
 * @param again asked before each further time; false where the event is not ours any more
 */
export async function deliver(
  rules: DeliveryRules,
  entry: { readonly id: string; readonly event: StreamEvent; readonly first: number },
  stop: Stop,
  again: () => Promise<boolean> = async () => true,
): Promise<Outcome> {
  const { onEvent, onProblem, deliveriesMax, redeliverMs } = rules;
  for (let deliveryCount = entry.first; ; deliveryCount += 1) {
    try {
      const delivery = { entryId: entry.id, deliveryCount, signal: stop.over };
      await stop.unlessOver(async () => onEvent(entry.event, delivery));
      return { kind: 'handled' };
    } catch (error) {
      if (stop.over.aborted) return { kind: 'left' };
      onProblem('handler', error);
      if (deliveryCount >= deliveriesMax) return { kind: 'failed', error };
    }
    const waitMs = Math.min(longestWaitMs, redeliverMs * 2 ** (deliveryCount - 1));
    await sleep(waitMs, stop.asked).catch(() => undefined);
    if (stop.asked.aborted || !(await again())) return { kind: 'left' };
  }
}
