import type { Settings } from '@bulkwatch/runtime';
import type { QuotaState, Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import { type Principal, principalOf } from './principal.js';

interface RateLimitParts {
  readonly store: Pick<Store, 'takeRequest'>;
  readonly settings: Pick<Settings, 'apiRateLimit' | 'dangerouslyAllowAnonymous'>;
  readonly reporter: Pick<Reporter, 'refusedCaller'>;
}

const windowMs = 60_000;

/**
 * Lets pass as many requests of one caller as the settings allow, counted over all api processes, and tells it
 * what is left (draft-ietf-httpapi-ratelimit-headers-10). Where callers are not told apart there is no limit.
 */
export function rateLimit({ store, settings, reporter }: RateLimitParts): RequestHandler {
  const requests = settings.apiRateLimit;
  return async (_request, response, next) => {
    if (settings.dangerouslyAllowAnonymous) return next();
    const caller = callerOf(principalOf(response));
    const state = await store.takeRequest(caller, { requests, windowMs });
    announce(response, state, requests);
    if (state.allowed) return next();
    const refusal = { reason: 'too-many-requests', cause: 'rate-limit', about: caller } as const;
    reporter.refusedCaller(refusal, requestIdOf(response));
    response.set('Retry-After', String(inSeconds(state.retryAfterMs)));
    sendProblem(response, refusal.reason);
  };
}

/** An API key counts for itself; of a token it is the subject, however many tokens it gets. */
const callerOf = ({ keyId, tenant, subject }: Principal): string =>
  keyId === null ? `subject ${tenant} ${subject}` : `key ${keyId}`;

function announce(response: Response, { remaining, fullInMs }: QuotaState, requests: number): void {
  response
    .set('RateLimit-Policy', `"requests";q=${requests};w=${inSeconds(windowMs)}`)
    .set('RateLimit', `"requests";r=${remaining};t=${inSeconds(fullInMs)}`);
}

const inSeconds = (ms: number): number => Math.ceil(ms / 1000);
