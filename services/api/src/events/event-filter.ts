import { type EventsQuery, type EventType, events } from '@bulkwatch/contract';
import type { StreamedEvent } from '@bulkwatch/store';
import { keyAndValue } from '../label-parameter.js';

/** Whether an event is one that a subscriber asked for. */
export type EventFilter = (event: Pick<StreamedEvent, 'type' | 'labels'>) => boolean;

/** Any of the types, all of the labels. */
export function eventFilter({ type, label = [] }: EventsQuery): EventFilter {
  const types = type && new Set<string>(type.map(typeOf));
  const labels = label.map(keyAndValue);
  return (event) =>
    (types === undefined || types.has(event.type)) &&
    labels.every(([key, value]) => event.labels[key] === value);
}

/** A type may be named by its last word. */
function typeOf(name: NonNullable<EventsQuery['type']>[number]): EventType {
  return Object.hasOwn(events, name)
    ? events[name as keyof typeof events].type
    : (name as EventType);
}
