import { eventIdSchema, eventsQuerySchema, type Problem } from '@bulkwatch/contract';
import { readStreamId } from '@bulkwatch/store';
import type { Request } from 'express';
import { readQuery } from '../read-query.js';
import { type EventFilter, eventFilter } from './event-filter.js';

/** What a caller of `GET /v1/events` asks for. */
export type EventsRequest =
  | {
      readonly kind: 'accepted';
      readonly filter: EventFilter;
      /** Id of the stream entry after which to begin; undefined for what is to come. */
      readonly resumeAfter: string | undefined;
    }
  | { readonly kind: 'refused'; readonly errors: NonNullable<Problem['errors']> };

export function readEventsRequest(request: Pick<Request, 'query' | 'headers'>): EventsRequest {
  const reading = readQuery(eventsQuerySchema, request.query);
  const header = readLastEventId(request.headers['last-event-id']);
  if (reading.kind === 'refused' || header.errors.length > 0)
    return {
      kind: 'refused',
      errors: [...(reading.kind === 'refused' ? reading.errors : []), ...header.errors],
    };
  // An EventSource that connects again has the header beside the query that it was made with.
  const id = header.id ?? reading.query.lastEventId;
  return {
    kind: 'accepted',
    filter: eventFilter(reading.query),
    resumeAfter: id === undefined ? undefined : readStreamId(id),
  };
}

function readLastEventId(header: string | readonly string[] | undefined): {
  readonly id?: string;
  readonly errors: NonNullable<Problem['errors']>;
} {
  if (header === undefined) return { errors: [] };
  const parsed = eventIdSchema.safeParse(header);
  return parsed.success
    ? { id: parsed.data, errors: [] }
    : {
        errors: parsed.error.issues.map(({ message }) => ({ field: 'Last-Event-ID', message })),
      };
}
