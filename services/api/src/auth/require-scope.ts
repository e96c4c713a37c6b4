import type { Scope } from '@bulkwatch/contract';
import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import { isAllowed, principalOf } from './principal.js';
import { sourceOf } from './source-of.js';

/** Lets pass only callers that have the scope. */
export function requireScope(
  scope: Scope,
  { reporter }: { readonly reporter: Pick<Reporter, 'refusedCaller'> },
): RequestHandler<{ id: string }> {
  return (request, response, next) => {
    const principal = principalOf(response);
    if (isAllowed(principal, scope)) return next();
    const refusal = { reason: 'scope-missing', cause: 'scope', about: scope } as const;
    reporter.refusedCaller(refusal, {
      requestId: requestIdOf(response),
      source: sourceOf(request),
    });
    const challenge = `Bearer realm="bulkwatch", error="insufficient_scope", scope="${scope}"`;
    response.set('WWW-Authenticate', challenge);
    sendProblem(response, refusal.reason, { detail: `This call needs the scope ${scope}.` });
  };
}
