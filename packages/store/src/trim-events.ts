import { defaultTenant } from '@bulkwatch/contract';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { ask, type StoreContext } from './store-context.js';

/** How much of an event stream is kept once its subscribers have had it. */
export interface EventRetention {
  readonly maxAgeMs: number;
  /** Above that, younger events go too. */
  readonly keepLength: number;
}

/** How far a consumer group is. */
export interface EventGroupFigures {
  readonly name: string;
  /** Given to a member and not acknowledged. */
  readonly pendingCount: number;
  /** Not given to any member yet; undefined where Redis does not know. */
  readonly undeliveredCount: number | undefined;
  /** How old the oldest event is that it has not acknowledged; undefined where it has had all. */
  readonly oldestNeededAgeMs: number | undefined;
  /**
   * How many events can still be told before one is cut that it needs, as a share of the longest that the stream may be.
   * Exact for whoever is last, estimated by the time of the events for the others.
   */
  readonly headroom: number;
  /** Events that were cut before it had acknowledged them, in all. About, where Redis is older than 7.2.6. */
  readonly lostCount: number;
}

/** An event stream after it was trimmed. */
export interface EventStreamFigures {
  readonly trimmedCount: number;
  readonly length: number;
  readonly oldestAgeMs: number;
  readonly groups: readonly EventGroupFigures[];
}

/** The streams of events, for whoever keeps them short. All reject with StoreUnavailableError while Redis is away. */
export interface EventStreams {
  /** Tenants whose stream there is: `default` for the one of the whole house. */
  tenants(): Promise<readonly string[]>;
  /**
   * Removes what is older or more than is to be kept, a bounded number of entries at once, but nothing that a group has
   * not acknowledged.
   */
  trim(tenant: string, retention: EventRetention): Promise<EventStreamFigures>;
}

/** Removed within a few ms, for which others wait. */
const entriesAtOnce = 1_000;

export function createEventStreams(context: Pick<StoreContext, 'redis' | 'limits'>): EventStreams {
  const { redis, limits } = context;
  return {
    async tenants() {
      const seen = await ask(redis.smembers(keys.tenants));
      return [...new Set([defaultTenant, ...seen])];
    },
    async trim(tenant, { maxAgeMs, keepLength }) {
      const [trimmed, length, oldestId, newestId, now, ...groups] = await scripts.trimEvents(
        redis,
        { events: keys.tenantEvents(tenant), losses: keys.eventLosses(tenant) },
        { keepMs: maxAgeMs, keepLength, entriesMax: entriesAtOnce },
      );
      const stream = {
        length: Number(length),
        oldestAt: instantOf(oldestId) ?? Number(now),
        newestAt: instantOf(newestId) ?? Number(now),
        lengthMax: limits.eventsMaxLength,
        now: Number(now),
      };
      return {
        trimmedCount: Number(trimmed),
        length: stream.length,
        oldestAgeMs: Math.max(0, stream.now - stream.oldestAt),
        groups: inFives(groups).map((parts) => readGroup(parts, stream)),
      };
    },
  };
}

interface Stretch {
  readonly length: number;
  readonly oldestAt: number;
  readonly newestAt: number;
  readonly lengthMax: number;
  readonly now: number;
}

type Reply = readonly (string | number | null | undefined)[];

function readGroup([name, pending, undelivered, needed, lost]: Reply, stream: Stretch) {
  const neededAt = instantOf(needed);
  return {
    name: String(name),
    pendingCount: Number(pending),
    // Redis before 7.2.6 goes on counting what was cut.
    undeliveredCount:
      Number(undelivered) < 0 ? undefined : Math.min(Number(undelivered), stream.length),
    oldestNeededAgeMs: neededAt === undefined ? undefined : Math.max(0, stream.now - neededAt),
    headroom: headroomOf(neededAt, stream),
    lostCount: Number(lost),
  };
}

function headroomOf(
  neededAt: number | undefined,
  { length, oldestAt, newestAt, lengthMax }: Stretch,
): number {
  if (neededAt === undefined) return 1;
  const spanMs = newestAt - oldestAt;
  const share = spanMs > 0 ? Math.min(1, (newestAt - neededAt) / spanMs) : 1;
  return Math.max(0, 1 - (length * share) / lengthMax);
}

/** The instant at which an entry was added, epoch ms; undefined for none. */
function instantOf(id: Reply[number]): number | undefined {
  return typeof id === 'string' && id !== '' ? Number(id.split('-')[0]) : undefined;
}

function inFives(flat: Reply): Reply[] {
  return Array.from({ length: flat.length / 5 }, (_, n) => flat.slice(n * 5, n * 5 + 5));
}
