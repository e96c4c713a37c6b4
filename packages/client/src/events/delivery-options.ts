import type { DeliveryRules, EventHandler, OnProblem } from './deliver.js';
import type { EventName, EventNamed, ExportEventName } from './event-types.js';

/** What all subscriptions take, whichever way events come. */
export interface DeliveryOptions<Name extends EventName = ExportEventName> {
  /**
   * Types of events, or their words; all that tell of a job and that this version knows by default. Others are passed over.
   */
  readonly types?: readonly Name[] | undefined;
  readonly onEvent: EventHandler<EventNamed<Name>>;
  /** Ends the subscription: nothing new is begun, and what is being handled is waited for. */
  readonly signal: AbortSignal;
  /** How long that is waited for, in milliseconds; 30,000 by default. */
  readonly stopWithinMs?: number | undefined;
  /** How often an event is given out at most; 5 by default. */
  readonly deliveriesMax?: number | undefined;
  /** How long an event that was not handled waits, in milliseconds; 5,000 by default, twice as long each further time. */
  readonly redeliverMs?: number | undefined;
  /** Told of what went wrong and is tried again. */
  readonly onProblem?: OnProblem | undefined;
}

/** Above this a timer would fire at once. */
export const longestMs = 2_147_483_647;

/** Reads the options. Throws a TypeError where they cannot be meant so. */
export function readDeliveryOptions<Name extends EventName>(
  options: DeliveryOptions<Name>,
): {
  readonly rules: DeliveryRules;
  readonly stopWithinMs: number;
} {
  const { onEvent, onProblem = () => undefined, stopWithinMs = 30_000 } = options;
  const { deliveriesMax = 5, redeliverMs = 5_000 } = options;
  if (!Number.isInteger(deliveriesMax) || deliveriesMax < 1)
    throw new TypeError('deliveriesMax must be 1 or more');
  if (!(redeliverMs >= 0) || !(stopWithinMs >= 0) || stopWithinMs > longestMs)
    throw new TypeError(`redeliverMs and stopWithinMs must be 0 or more, to ${longestMs}`);
  // It is given what was asked for alone.
  const handler = onEvent as DeliveryRules['onEvent'];
  return { rules: { onEvent: handler, onProblem, deliveriesMax, redeliverMs }, stopWithinMs };
}
