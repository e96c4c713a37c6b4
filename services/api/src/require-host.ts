import type { RequestHandler } from 'express';
import { sendProblem } from './problem.js';

/** Lets pass only requests that name one host, or are of HTTP/1.0 and name none (RFC 9112 section 3.2). */
export const requireHost: RequestHandler = (request, response, next) => {
  const hosts = request.headersDistinct['host']?.length ?? 0;
  if (hosts === 1 || (hosts === 0 && request.httpVersion === '1.0')) return next();
  sendProblem(response, 'request-malformed', {
    errors: [{ field: 'Host', message: 'must be given once' }],
  });
};
