import type { Clock, Settings } from '@bulkwatch/runtime';
import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import type { Authentication, Refusal } from './authentication.js';
import { type Authenticate, bearerText } from './authenticator.js';
import { createFailureLimit } from './failure-limit.js';
import { createLetInBefore } from './let-in-before.js';
import { setPrincipal } from './principal.js';
import { inSeconds } from './rate-limit.js';
import { sourceOf } from './source-of.js';
import { setUnlogged } from './unlogged.js';

interface AuthenticatedParts {
  readonly authenticate: Authenticate;
  readonly reporter: Pick<Reporter, 'refusedCaller'>;
  readonly settings: Pick<Settings, 'apiFailureLimit'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Lets pass only requests of whom we know who they are from. */
export function authenticated(parts: AuthenticatedParts): RequestHandler {
  const identify = limited(parts);
  return async (request, response, next) => {
    const source = sourceOf(request);
    const authentication = await identify(request.headers, source);
    if (authentication.kind === 'refused') {
      const about = { requestId: requestIdOf(response), source };
      if (!parts.reporter.refusedCaller(authentication, about)) setUnlogged(response);
      return refuse(response, authentication);
    }
    setPrincipal(response, authentication.principal);
    next();
  };
}

/** `authenticate` for callers at an address. */
type Identify = (
  headers: Parameters<Authenticate>[0],
  source: string,
) => Promise<Authentication & { readonly retryAfterMs?: number }>;

/** What a source may send beyond the failures that it is told of one by one, before nothing of it is looked at. */
const patience = 20;

/**
 * Bounds what wrong keys cost. Past the limit each failure is answered alike, and logged no more; whatever is genuine
 * still passes, since a source may be the address of many. Only one that goes far beyond, as no mere mistake does, is
 * not listened to any more, save for keys and tokens that were good before. A key id for which too many come, from
 * wherever, is always looked at: one of them may be genuine, and that asks the key cache, so it is cheap.
 */
function limited({ authenticate, settings, clock }: AuthenticatedParts): Identify {
  const limit = createFailureLimit(settings.apiFailureLimit, clock);
  const flood = createFailureLimit(settings.apiFailureLimit * patience, clock);
  const letInBefore = createLetInBefore(clock);
  return async (headers, source) => {
    const text = bearerText(headers) ?? '';
    const floodWaitMs = flood.waitMs(source);
    if (text !== '' && floodWaitMs > 0 && !letInBefore.has(text))
      return { ...tooManyFailures, retryAfterMs: floodWaitMs };

    const authentication = await authenticate(headers);
    if (authentication.kind === 'known') letInBefore.add(text);
    if (authentication.kind === 'known' || authentication.reason !== 'authentication-invalid')
      return authentication;
    letInBefore.delete(text);
    flood.count(source);
    const { keyId } = authentication;
    const counted = keyId === undefined ? [source] : [source, `key ${keyId}`];
    const waitMs = Math.max(...counted.map((name) => limit.waitMs(name)));
    for (const name of counted) limit.count(name);
    return waitMs === 0
      ? authentication
      : { ...authentication, ...tooManyFailures, retryAfterMs: waitMs };
  };
}

const tooManyFailures = {
  kind: 'refused',
  reason: 'too-many-failures',
  cause: 'failures',
} as const satisfies Refusal;

/** RFC 6750 section 3: an error is named only to those who sent something. */
function refuse(
  response: Response,
  { reason, retryAfterMs }: Refusal & { readonly retryAfterMs?: number },
): void {
  const error = reason === 'authentication-invalid' ? ', error="invalid_token"' : '';
  if (retryAfterMs !== undefined) response.set('Retry-After', String(inSeconds(retryAfterMs)));
  else if (reason !== 'issuer-unavailable')
    response.set('WWW-Authenticate', `Bearer realm="bulkwatch"${error}`);
  sendProblem(response, reason);
}
