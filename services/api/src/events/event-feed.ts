import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@bulkwatch/runtime';
import { compareStreamIds, type EventPage, type Store, type StreamedEvent } from '@bulkwatch/store';
import { eventMessage } from './event-message.js';

/** An event, and how it is sent: made once, however many get it. */
export interface SentEvent extends StreamedEvent {
  readonly message: Buffer;
}

/** Somebody who follows the events of a tenant. */
export interface Follower {
  /** The events after those it had, all up to the entry `readTo`. */
  take(events: readonly SentEvent[], readTo: string): void;
  /** Events may be missing after those that it had; no more will come. */
  lose(): void;
}

/** The one reader of events that are new, for all who follow them in this process. */
export interface EventFeed {
  /**
   * Gives a follower who has all events up to the entry `position` those that come after it. Returns how to end that;
   * undefined where the feed is past that entry, so that one has to read on by oneself first.
   */
  join(tenant: string, position: string, follower: Follower): (() => void) | undefined;
}

interface EventFeedParts {
  readonly store: Pick<Store, 'events' | 'watchJobs'>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** However quiet the doorbell is, so often one looks: it misses rings while Redis is away. */
const lookAgainMs = 2_000;
/** So many get a page before others have their turn. */
const atOnce = 100;

/** The stream of one tenant, as long as somebody follows it. */
interface Flow {
  readonly tenant: string;
  position: string;
  /** Each with the entry up to which it has all events. */
  readonly followers: Map<Follower, string>;
  bell: AbortController;
}

/** The stream decides what is new, by its ids. The doorbell only says when to look. */
export function createEventFeed({ store, clock, onProblem }: EventFeedParts): EventFeed {
  const flows = new Map<string, Flow>();
  store.watchJobs((_jobId, tenant) => flows.get(tenant)?.bell.abort());

  const run = async (flow: Flow): Promise<void> => {
    while (flows.get(flow.tenant) === flow) {
      // Hung up before reading, so that a ring while reading is not lost.
      flow.bell = new AbortController();
      try {
        const page = await store.events.readAfter(flow.tenant, flow.position);
        if (flows.get(flow.tenant) !== flow) return;
        if (!page.isUnbroken) return breakOff(flow);
        await passOn(flow, page);
        if (!page.isLast) continue;
      } catch (error) {
        onProblem('event stream', error);
      }
      await clock.sleep(lookAgainMs, flow.bell.signal);
    }
  };

  const open = (tenant: string, position: string): Flow => {
    const flow: Flow = { tenant, position, followers: new Map(), bell: new AbortController() };
    flows.set(tenant, flow);
    void run(flow);
    return flow;
  };

  const breakOff = (flow: Flow): void => {
    flows.delete(flow.tenant);
    for (const follower of flow.followers.keys()) follower.lose();
  };

  const leave = (flow: Flow, follower: Follower): void => {
    flow.followers.delete(follower);
    if (flow.followers.size > 0 || flows.get(flow.tenant) !== flow) return;
    flows.delete(flow.tenant);
    flow.bell.abort();
  };

  return {
    join(tenant, position, follower) {
      const flow = flows.get(tenant) ?? open(tenant, position);
      if (compareStreamIds(position, flow.position) < 0) return undefined;
      flow.followers.set(follower, position);
      return () => leave(flow, follower);
    },
  };
}

async function passOn(flow: Flow, page: EventPage): Promise<void> {
  const followers = [...flow.followers.keys()];
  // Before anybody gets it: who joins meanwhile has it already.
  flow.position = page.readTo;
  const events = page.events.map((event) => ({ ...event, message: eventMessage(event) }));
  for (const [index, follower] of followers.entries()) {
    if (index > 0 && index % atOnce === 0) await nextTurn();
    const position = flow.followers.get(follower);
    if (position === undefined || compareStreamIds(page.readTo, position) <= 0) continue;
    flow.followers.set(follower, page.readTo);
    const unseen = events.filter(({ id }) => compareStreamIds(id, position) > 0);
    follower.take(unseen.length === events.length ? events : unseen, page.readTo);
  }
}
