import type { Reset } from '@bulkwatch/contract';
import { type DeliveryRules, deliver } from '../events/deliver.js';
import { type DeliveryOptions, readDeliveryOptions } from '../events/delivery-options.js';
import { type EventName, type ExportEventName, typeFilter } from '../events/event-types.js';
import { parseEvent } from '../events/parse-event.js';
import { createStop, type Stop } from '../events/stop.js';
import type { EventCalls } from './event-calls.js';
import { keepConnected } from './keep-connected.js';
import type { Message } from './read-messages.js';

/** Where a subscriber is, kept where it outlives the process. */
export interface Position {
  /** What was saved last; undefined or null at the first time. */
  load(): Promise<string | undefined | null>;
  /** Called after each event that was dealt with, and when there was nothing for us up to there. */
  save(entryId: string): Promise<void>;
}

export interface SseSubscribeOptions<Name extends EventName = ExportEventName>
  extends DeliveryOptions<Name> {
  /** The job has all of them. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Where to begin without a position: with what is to come (by default), or with all that is kept. */
  readonly from?: 'new' | 'start' | undefined;
  readonly position: Position;
  /** After how long without a sign of life to connect again, in milliseconds; 45,000 by default, three heartbeats of the api. */
  readonly silenceMs?: number | undefined;
  /**
   * Told where events may have been missed, as they are not kept any more; it goes on with the oldest one that is. What was
   * missed is found by `eachJob`.
   */
  readonly onReset?: ((reset: Reset) => unknown) | undefined;
  /**
   * Takes the JSON of an event that this process has given out `deliveriesMax` times, or of what is no event. Then it goes
   * on with the next one; without it the subscription ends.
   */
  readonly onDeadLetter?: ((json: string, error: unknown) => unknown) | undefined;
}

/**
 * Gives the tenant's events to a handler, one after the other and at least once: the position is saved after the handler has
 * resolved. For those who cannot reach Redis. Connects again as often as it takes, and goes on where it was.
 *
 * Resolves when `signal` has aborted and the handler is done, or `stopWithinMs` is over. Rejects where the api refuses for
 * good (with a TypeError where the options cannot be meant so), with what `position`, `onReset` or `onDeadLetter` reject with, and without the latter, with what the handler rejects with.
 */
export async function subscribeOverSse<const Name extends EventName = ExportEventName>(
  client: EventCalls,
  options: SseSubscribeOptions<Name>,
): Promise<void> {
  const { types, labels, silenceMs, from = 'new', position } = options;
  const { rules, stopWithinMs } = readDeliveryOptions(options);
  const wants = typeFilter(types);
  const stop = createStop(options.signal, stopWithinMs);
  try {
    let lastEventId = (await position.load()) ?? (from === 'start' ? '0' : undefined);
    const deal = dealWith({ ...options, rules, wants, stop });
    const asked = () => ({ types, labels, silenceMs, lastEventId });
    for await (const message of keepConnected(client, asked, stop.asked, rules.onProblem)) {
      if (!(await deal(message))) return;
      if (message.id !== undefined && message.id !== lastEventId) {
        await position.save(message.id);
        lastEventId = message.id;
      }
      if (stop.asked.aborted) return;
    }
  } finally {
    stop.dispose();
  }
}

interface DealParts extends Pick<SseSubscribeOptions, 'onReset' | 'onDeadLetter'> {
  readonly rules: DeliveryRules;
  readonly wants: (type: string) => boolean;
  readonly stop: Stop;
}

/** Gives a function that deals with a message; false where the event was left, as a stop came between. */
function dealWith({ rules, wants, stop, onReset, onDeadLetter }: DealParts) {
  const putAside = async (json: string, error: unknown): Promise<true> => {
    if (!onDeadLetter) throw error;
    await onDeadLetter(json, error);
    return true;
  };
  return async ({ event: name, data, id = '' }: Message): Promise<boolean> => {
    if (data === undefined) return true;
    if (name === 'reset') {
      await onReset?.(JSON.parse(data) as Reset);
      return true;
    }
    const event = parseEvent(data);
    if (!event) return putAside(data, new TypeError('The message is no event.'));
    if (!wants(event.type)) return true;
    const outcome = await deliver(rules, { id, event, first: 1 }, stop);
    return outcome.kind === 'failed' ? putAside(data, outcome.error) : outcome.kind === 'handled';
  };
}
