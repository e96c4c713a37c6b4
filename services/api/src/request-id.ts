import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

/** Safe to put into a header, a log line and a URN: no spaces, quotes or control characters. */
const acceptable = /^[A-Za-z0-9._:/+=@~-]{1,128}$/;

/** Gives every request an id, the caller's own where it sent a safe one, and says it in the answer. */
export const requestId: RequestHandler = (request, response, next) => {
  const id = readRequestId(request.get('x-request-id'));
  response.locals['requestId'] = id;
  response.set('X-Request-Id', id);
  next();
};

/** The id that `requestId` gave to the request that this response answers. */
export function requestIdOf(response: Response): string {
  return response.locals['requestId'] as string;
}

/** The header's value when it is one that can be passed on as it is, otherwise a new id. */
export function readRequestId(header: string | undefined): string {
  return header !== undefined && acceptable.test(header) ? header : randomUUID();
}
