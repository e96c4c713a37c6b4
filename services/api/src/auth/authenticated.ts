import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import type { Refusal } from './authentication.js';
import type { Authenticate } from './authenticator.js';
import { setPrincipal } from './principal.js';

interface AuthenticatedParts {
  readonly authenticate: Authenticate;
  readonly reporter: Pick<Reporter, 'refusedCaller'>;
}

/** Lets pass only requests of whom we know who they are from. */
export function authenticated({ authenticate, reporter }: AuthenticatedParts): RequestHandler {
  return async (request, response, next) => {
    const { authorization, host } = request.headers;
    const authentication = await authenticate({ authorization, host });
    if (authentication.kind === 'refused') {
      reporter.refusedCaller(authentication, requestIdOf(response));
      return refuse(response, authentication);
    }
    setPrincipal(response, authentication.principal);
    next();
  };
}

/** RFC 6750 section 3: an error is named only to those who sent something. */
function refuse(response: Response, { reason }: Refusal): void {
  const error = reason === 'authentication-invalid' ? ', error="invalid_token"' : '';
  if (reason !== 'issuer-unavailable')
    response.set('WWW-Authenticate', `Bearer realm="bulkwatch"${error}`);
  sendProblem(response, reason);
}
