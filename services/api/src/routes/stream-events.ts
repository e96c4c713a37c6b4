import type { Clock, Settings } from '@bulkwatch/runtime';
import type { EventPage, Store } from '@bulkwatch/store';
import type { Request, RequestHandler, Response } from 'express';
import type { Authenticate } from '../auth/authenticator.js';
import { isAllowed, type Principal, principalOf } from '../auth/principal.js';
import type { EventFeed } from '../events/event-feed.js';
import { openingMessage } from '../events/event-message.js';
import { readEventsRequest } from '../events/read-events-request.js';
import { sendEvents } from '../events/send-events.js';
import type { Subscribers } from '../events/subscribers.js';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';

interface StreamEventsParts {
  readonly store: Pick<Store, 'events'>;
  readonly eventFeed: EventFeed;
  readonly subscribers: Subscribers;
  readonly authenticate: Authenticate;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly settings: Pick<Settings, 'apiHeartbeatMs'>;
  readonly reporter: Pick<Reporter, 'problem'>;
}

/** `GET /v1/events`: the events of the tenant as Server-Sent Events, from now on or from one that was seen last. */
export function streamEvents(parts: StreamEventsParts): RequestHandler {
  const { store, subscribers, settings, reporter } = parts;
  return async (request, response) => {
    const wanted = readEventsRequest(request);
    if (wanted.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: wanted.errors });

    const principal = principalOf(response);
    const { tenant } = principal;
    const { resumeAfter, filter } = wanted;
    // Before the answer begins: while Redis is away it is a problem, and no stream.
    const first =
      resumeAfter === undefined
        ? await store.events.readNewest(tenant)
        : await store.events.readAfter(tenant, resumeAfter);
    if (response.destroyed) return;
    if (request.method === 'HEAD') return void asStream(response).end();
    const subscriber = subscribers.open(response);
    if (!subscriber) return sendProblem(response, 'too-many-subscribers');

    begin(response, resumeAfter === undefined ? first : undefined);
    if (subscribers.stopped) return subscriber.end('stopping');
    await sendEvents(
      { ...parts, heartbeatMs: settings.apiHeartbeatMs, onProblem: reporter.problem },
      subscriber,
      { tenant, filter, first, isAllowed: stillAllowed(parts.authenticate, request, principal) },
    );
  };
}

/** What lies between is not to hold messages back, to gather or to pack them. */
const asStream = (response: Response): Response =>
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });

function begin(response: Response, start: EventPage | undefined): void {
  asStream(response).flushHeaders();
  // Not all at the same time, when an api process has ended that many were connected to.
  const retryMs = 2_000 + Math.floor(Math.random() * 3_000);
  response.write(openingMessage(retryMs, start?.readTo));
}

/** Asks anew who the caller is. As long as that cannot be found out, it is who it was. */
function stillAllowed(
  authenticate: Authenticate,
  { headers }: Request,
  { tenant }: Principal,
): () => Promise<boolean> {
  return async () => {
    const authentication = await authenticate(headers).catch(() => undefined);
    if (authentication?.kind !== 'known')
      return authentication?.reason !== 'authentication-invalid';
    const { principal } = authentication;
    return principal.tenant === tenant && isAllowed(principal, 'events:read');
  };
}
