import type { Settings } from '@bulkwatch/runtime';
import type { QuotaState, Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';
import { type Principal, principalOf } from './principal.js';
import { sourceOf } from './source-of.js';

/** What is needed to take a request out of a quota. */
export interface QuotaParts {
  readonly store: Pick<Store, 'takeRequest'>;
  readonly settings: Pick<Settings, 'apiRateLimit' | 'dangerouslyAllowAnonymous'>;
  readonly reporter: Pick<Reporter, 'refusedCaller'>;
}

const windowMs = 60_000;
const reason = 'too-many-requests';

/**
 * Lets pass as many requests of one caller as the settings allow, counted over all api processes, and tells it
 * what is left (draft-ietf-httpapi-ratelimit-headers-10). Where callers are not told apart there is no limit.
 */
export function rateLimit(parts: QuotaParts): RequestHandler {
  return async (_request, response, next) => {
    const { allowed, retryAfterMs } = await takeRequest(parts, response);
    if (allowed) return next();
    response.set('Retry-After', String(inSeconds(retryAfterMs)));
    sendProblem(response, reason);
  };
}

/**
 * Takes one request out of the quota of the caller that this response is for, and tells it what is left, unless the
 * headers are gone. Rejects with StoreUnavailableError while Redis is away.
 */
export async function takeRequest(
  { store, settings, reporter }: QuotaParts,
  response: Response,
): Promise<Pick<QuotaState, 'allowed' | 'retryAfterMs'>> {
  if (settings.dangerouslyAllowAnonymous) return { allowed: true, retryAfterMs: 0 };
  const requests = settings.apiRateLimit;
  const caller = callerOf(principalOf(response));
  const state = await store.takeRequest(caller, { requests, windowMs });
  if (!response.headersSent) announce(response, state, requests);
  if (!state.allowed) {
    const about = { requestId: requestIdOf(response), source: sourceOf(response.req) };
    reporter.refusedCaller({ reason, cause: 'rate-limit', about: caller }, about);
  }
  return state;
}

/**
 * Takes one request for each part of what a request asks for, such as a line, but for the first: that one the request
 * itself has paid for.
 */
export function quotaOfParts(
  parts: QuotaParts,
  response: Response,
): () => ReturnType<typeof takeRequest> {
  let isFirst = true;
  return async () => {
    if (!isFirst) return takeRequest(parts, response);
    isFirst = false;
    return { allowed: true, retryAfterMs: 0 };
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

/** Whole seconds, rounded up, as headers and answers tell them. */
export const inSeconds = (ms: number): number => Math.ceil(ms / 1000);
