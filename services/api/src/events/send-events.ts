import type { Clock } from '@bulkwatch/runtime';
import type { EventPage, Store } from '@bulkwatch/store';
import type { EventFeed, Follower } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { eventMessage, heartbeatMessage, resetMessage } from './event-message.js';
import type { Subscriber } from './subscribers.js';

interface SendEventsParts {
  readonly store: Pick<Store, 'events'>;
  readonly eventFeed: EventFeed;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly heartbeatMs: number;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** What one subscriber is to be sent. */
export interface Subscription {
  readonly tenant: string;
  readonly filter: EventFilter;
  /** Where it begins: the events there, and the point after them. */
  readonly first: EventPage;
  /** Whether the key or token with which it was opened still allows for it. */
  readonly isAllowed: () => Promise<boolean>;
}

/** After that long a page is asked for again that Redis could not give. */
const restMs = 1_000;

/**
 * Sends a subscriber the events that are kept, page by page at its own pace, and then those that come, until it has
 * ended. The entry up to which all was sent is known at any time, so that between the two none is left out or sent twice.
 */
export async function sendEvents(
  parts: SendEventsParts,
  subscriber: Subscriber,
  subscription: Subscription,
): Promise<void> {
  let position = subscription.first.readTo;
  const { tenant, filter, isAllowed } = subscription;
  void beat(parts, subscriber, { isAllowed, position: () => position });

  const follower: Follower = {
    take(events, readTo) {
      const wanted = events.filter(filter);
      if (wanted.length > 0) subscriber.send(wanted.map(({ message }) => message));
      position = readTo;
    },
    lose: () => subscriber.end('missed'),
  };

  let page = subscription.first;
  while (!subscriber.ended.aborted) {
    sendPage(subscriber, page, filter);
    position = page.readTo;
    await subscriber.drained();
    if (subscriber.ended.aborted) return;
    const leave = page.isLast ? parts.eventFeed.join(tenant, position, follower) : undefined;
    if (leave) return subscriber.ended.addEventListener('abort', leave, { once: true });
    page = await readOn(parts, subscriber, { tenant, position, page });
  }
}

function sendPage(subscriber: Subscriber, page: EventPage, filter: EventFilter): void {
  const reset = page.isUnbroken ? [] : [resetMessage({ oldestId: page.oldestId ?? null })];
  const messages = [...reset, ...page.events.filter(filter).map(eventMessage)];
  if (messages.length > 0) subscriber.send(messages);
}

/** The page after a point. While Redis is away the subscriber is held: nothing is lost, it only comes later. */
async function readOn(
  { store, clock, onProblem }: Pick<SendEventsParts, 'store' | 'clock' | 'onProblem'>,
  { ended }: Pick<Subscriber, 'ended'>,
  from: { readonly tenant: string; readonly position: string; readonly page: EventPage },
): Promise<EventPage> {
  try {
    return await store.events.readAfter(from.tenant, from.position);
  } catch (error) {
    onProblem('event stream', error);
    await clock.sleep(restMs, ended);
    return { ...from.page, events: [], isUnbroken: true, isLast: false };
  }
}

/** Says from time to time that the connection lives, and ends it once its key or token does not. */
async function beat(
  { clock, heartbeatMs }: Pick<SendEventsParts, 'clock' | 'heartbeatMs'>,
  subscriber: Subscriber,
  of: Pick<Subscription, 'isAllowed'> & { readonly position: () => string },
): Promise<void> {
  for (;;) {
    await clock.sleep(heartbeatMs, subscriber.ended);
    if (subscriber.ended.aborted) return;
    if (!(await of.isAllowed())) return subscriber.end('refused');
    // What is on its way to a slow reader is a sign of life as well.
    if (subscriber.isDrained) subscriber.send([heartbeatMessage(of.position())]);
  }
}
