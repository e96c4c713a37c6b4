import { tenantOfSource } from './event-source.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** An event as its stream holds it. */
export interface StreamedEvent {
  /** Of the stream entry: later events have greater ones. */
  readonly id: string;
  readonly type: string;
  /** Of the job, as they were then; none where the event tells of no job. */
  readonly labels: Readonly<Record<string, string>>;
  /** The whole event. What a provider wrote is in it as it was, so it may have several lines. */
  readonly json: string;
}

/** A stretch of a stream. */
export interface EventPage {
  /**
   * False when entries after the point that was named are gone: trimmed, or lost by Redis. `events` begin with the
   * oldest that is kept then.
   */
  readonly isUnbroken: boolean;
  /** Undefined where none is kept. */
  readonly oldestId: string | undefined;
  /** The oldest first. */
  readonly events: readonly StreamedEvent[];
  /** The point after which to read on. Events of others may lie between it and the last one. */
  readonly readTo: string;
  /** Whether the stream ended there, at that moment. */
  readonly isLast: boolean;
}

/** Reads the events of tenants, each its own alone. Rejects with StoreUnavailableError while Redis is away. */
export interface EventReader {
  /** The events after an entry, as many as make a page. */
  readAfter(tenant: string, id: string): Promise<EventPage>;
  /** No events, but the point at which those to come begin. */
  readNewest(tenant: string): Promise<EventPage>;
}

/** Enough for few round trips, and little enough for a Redis that others wait for and for subscribers' buffers. */
const pageEntries = 200;
const pageBytes = 256 * 1024;

export function createEventReader({
  redis,
  onProblem,
}: Pick<StoreContext, 'redis' | 'onProblem'>): EventReader {
  const read = async (tenant: string, after: string): Promise<EventPage> => {
    const [unbroken, oldestId, newestId, ...entries] = await scripts.readEvents(
      redis,
      { events: keys.tenantEvents(tenant) },
      { after, entriesMax: pageEntries, bytesEnough: pageBytes },
    );
    const found = inPairs(entries);
    const end = found.at(-1)?.[0] ?? String(newestId);
    return {
      isUnbroken: unbroken === 1,
      oldestId: oldestId === '' ? undefined : String(oldestId),
      events: found.flatMap(([id, json]) => eventOf(tenant, id, json) ?? []),
      readTo: end,
      isLast: end === newestId,
    };
  };

  /** The default tenant has the stream of the whole house, and sees of it what is its own. */
  const eventOf = (tenant: string, id: string, json: string): StreamedEvent | undefined => {
    const parsed = parse(json);
    if (!parsed) onProblem('event stream', new Error(`the entry ${id} is no event`));
    return parsed?.tenant === tenant
      ? { id, json, type: parsed.type, labels: parsed.labels }
      : undefined;
  };

  return {
    readAfter: (tenant, id) => read(tenant, id),
    readNewest: (tenant) => read(tenant, '$'),
  };
}

function inPairs(flat: readonly unknown[]): (readonly [string, string])[] {
  return Array.from(
    { length: flat.length / 2 },
    (_, n) => [String(flat[2 * n]), String(flat[2 * n + 1])] as const,
  );
}

interface EventHead {
  readonly tenant: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whoever may write to Redis can add an entry, by hand too. */
function parse(json: string): EventHead | undefined {
  try {
    const { source, type, data } = JSON.parse(json) as {
      readonly source: unknown;
      readonly type: unknown;
      readonly data: { readonly job?: { readonly labels?: EventHead['labels'] } };
    };
    const tenant = tenantOfSource(source);
    if (tenant === undefined || typeof type !== 'string' || !/^[\w.-]+$/.test(type))
      return undefined;
    return { tenant, type, labels: data.job?.labels ?? {} };
  } catch {
    return undefined;
  }
}
