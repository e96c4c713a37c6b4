import type {
  EventType,
  EventWord,
  ExportEvent,
  StreamedWord,
  streamedTypes,
  WebhookDisabledEvent,
} from '@bulkwatch/contract';

type StreamedTypes = typeof streamedTypes;
type WebhookName = 'webhook-disabled' | WebhookDisabledEvent['type'];

/** A type of events that tell of a job, or its last word. */
export type ExportEventName = EventWord | EventType;
/** A type of events, or its word. Those of webhooks themselves tell of no job, and are for who names them. */
export type EventName = ExportEventName | WebhookName;
/** The event that has one of these names. */
export type EventNamed<Name extends EventName> = Name extends WebhookName
  ? WebhookDisabledEvent
  : ExportEvent;
/** Any event of the stream. */
export type StreamEvent = EventNamed<EventName>;

/** The types that this version knows. The contract is here as types alone, so the compiler compares the two. */
const typeOf = {
  registered: 'bulkwatch.export.registered',
  progressed: 'bulkwatch.export.progressed',
  partial: 'bulkwatch.manifest.partial',
  completed: 'bulkwatch.export.completed',
  failed: 'bulkwatch.export.failed',
  cancelled: 'bulkwatch.export.cancelled',
  abandoned: 'bulkwatch.export.abandoned',
  stalled: 'bulkwatch.export.stalled',
  expiring: 'bulkwatch.export.expiring',
  expired: 'bulkwatch.export.expired',
  'health-changed': 'bulkwatch.export.health-changed',
  'webhook-disabled': 'bulkwatch.webhook.disabled',
} as const satisfies { readonly [Word in StreamedWord]: StreamedTypes[Word] };
const known = new Map<string, string>(
  Object.entries(typeOf).flatMap(([word, type]) => [
    [word, type],
    [type, type],
  ]),
);
const { 'webhook-disabled': _, ...exportTypes } = typeOf;
/** Types of events that tell of a job, by their last words. */
export const exportTypeOf: Pick<StreamedTypes, EventWord> = exportTypes;

/**
 * Whether events of a type are for a subscriber who asked for these; for one who did not ask, of any that is known and tells
 * of a job. A newer Bulkwatch may tell of more than that.
 * Throws a TypeError for a name that is none.
 */
export function typeFilter(names: Iterable<EventName> = Object.values(exportTypes)) {
  const wanted = new Set<string>();
  for (const name of names) {
    const type = known.get(name);
    if (type === undefined) throw new TypeError('types must be types of events, or last words');
    wanted.add(type);
  }
  return (type: string): boolean => wanted.has(type);
}
