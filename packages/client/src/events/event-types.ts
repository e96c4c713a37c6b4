import type { EventType, EventWord, events } from '@bulkwatch/contract';

/** A type of events, or its last word. */
export type EventName = EventWord | EventType;

/** The types that this version knows. The contract is here as types alone, so the compiler compares the two. */
const typeOf: { readonly [Word in EventWord]: (typeof events)[Word]['type'] } = {
  registered: 'bulkwatch.export.registered',
  progressed: 'bulkwatch.export.progressed',
  partial: 'bulkwatch.manifest.partial',
  completed: 'bulkwatch.export.completed',
  failed: 'bulkwatch.export.failed',
  cancelled: 'bulkwatch.export.cancelled',
  abandoned: 'bulkwatch.export.abandoned',
  stalled: 'bulkwatch.export.stalled',
  'health-changed': 'bulkwatch.export.health-changed',
};
const known = new Map<string, EventType>(
  Object.entries(typeOf).flatMap(([word, type]) => [
    [word, type],
    [type, type],
  ]),
);

/**
 * Whether events of a type are for a subscriber who asked for these; for one who did not ask, of any that is known. A newer
 * Bulkwatch may tell of more than that.
 * Throws a TypeError for a name that is none.
 */
export function typeFilter(names: Iterable<EventName> = known.keys() as Iterable<EventName>) {
  const wanted = new Set<string>();
  for (const name of names) {
    const type = known.get(name);
    if (type === undefined) throw new TypeError('types must be types of events, or last words');
    wanted.add(type);
  }
  return (type: string): boolean => wanted.has(type);
}
