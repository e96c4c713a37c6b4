import { defaultTenant } from '@bulkwatch/contract';
import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import { principalOf } from './principal.js';
import { sourceOf } from './source-of.js';

/** Lets pass only callers of the default tenant, whose house it is: for calls that concern all tenants. */
export function requireDefaultTenant<P>({
  reporter,
}: {
  readonly reporter: Pick<Reporter, 'refusedCaller'>;
}): RequestHandler<P> {
  return (request, response, next) => {
    const { tenant } = principalOf(response);
    if (tenant === defaultTenant) return next();
    const refusal = { reason: 'default-tenant-only', cause: 'tenant', about: tenant } as const;
    reporter.refusedCaller(refusal, {
      requestId: requestIdOf(response),
      source: sourceOf(request),
    });
    // No scope would help, so there is no `error`: another key or token would.
    response.set('WWW-Authenticate', 'Bearer realm="bulkwatch"');
    sendProblem(response, refusal.reason);
  };
}
