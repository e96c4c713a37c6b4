import type { Logger } from '@bulkwatch/runtime';
import type { RequestHandler, Response } from 'express';
import { reasonSent } from '../problem.js';
import { requestIdOf } from '../request-id.js';
import { routeOf } from '../route-of.js';
import { knownPrincipal } from './principal.js';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Writes one line for each request that would change something, whatever became of it: who, what, and how it went.
 * It is written at any log level, and holds no query and no body.
 */
export function audit({ logger }: { readonly logger: Logger }): RequestHandler {
  const log = logger.child({ audit: true }, { level: 'info' });
  return (request, response, next) => {
    if (reads.has(request.method)) return next();
    response.once('close', () => {
      const { keyId, subject, tenant } = knownPrincipal(response) ?? {};
      const what = { method: request.method, route: routeOf(request), target: targetOf(response) };
      const status = response.headersSent ? response.statusCode : undefined;
      const outcome = { status, reason: reasonSent(response) };
      log.info(
        { keyId, subject, tenant, ...what, ...outcome, requestId: requestIdOf(response) },
        'write request',
      );
    });
    next();
  };
}

/** Notes the job that a request is about. */
export function setTarget(response: Response, jobId: string): void {
  response.locals['target'] = jobId;
}

const targetOf = (response: Response): string | undefined =>
  response.locals['target'] as string | undefined;
