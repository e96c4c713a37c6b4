import { eventsQuerySchema } from '@bulkwatch/contract';
import type { Route } from './route.js';
import { streamEvents } from './routes/stream-events.js';

/** The part of the table of calls that is about events. */
export const eventRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/events',
    scope: 'events:read',
    name: 'streamEvents',
    summary: 'Be sent the events of the tenant as they come, or from one on that was seen last',
    query: eventsQuerySchema,
    headers: ['Last-Event-ID'],
    answers: {
      200: {
        says: 'The events, until the caller hangs up or has to come again.',
        body: { schema: 'ExportEvent', messages: true },
      },
    },
    reasons: ['too-many-subscribers'],
    handlers: (c) => [streamEvents(c)],
  },
];
