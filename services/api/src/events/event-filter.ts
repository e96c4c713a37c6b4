import {
  type DeliverableType,
  type EventsQuery,
  type StreamedWord,
  streamedTypes,
  webhookEvents,
} from '@bulkwatch/contract';
import type { StreamedEvent } from '@bulkwatch/store';
import { keyAndValue } from '../label-parameter.js';

/** Whether an event is one that a subscriber asked for. */
export type EventFilter = (event: Pick<StreamedEvent, 'type' | 'labels'>) => boolean;

/** Any of the types, where none is named any but those of webhooks themselves; all of the labels. */
export function eventFilter({ type, label = [] }: EventsQuery): EventFilter {
  const types = type && new Set<string>(type.map(typeOf));
  const labels = label.map(keyAndValue);
  return (event) =>
    (types === undefined ? !ofWebhooks.has(event.type) : types.has(event.type)) &&
    labels.every(([key, value]) => event.labels[key] === value);
}

/** They tell of no job, which whoever asks for no types counts on. */
const ofWebhooks = new Set<string>(Object.values(webhookEvents).map(({ type }) => type));

/** A type may be named by its word. */
function typeOf(name: StreamedWord | DeliverableType): DeliverableType {
  return Object.hasOwn(streamedTypes, name)
    ? streamedTypes[name as StreamedWord]
    : (name as DeliverableType);
}
