import type { Provider } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { principalOf } from '../auth/principal.js';
import { sendProblem } from '../problem.js';

interface PauseParts {
  readonly store: Pick<Store, 'providers'>;
}

/** `POST /v1/providers/{origin}/pause`: none of its jobs is polled until it is resumed. */
export function pauseProvider({ store }: PauseParts): RequestHandler<{ origin: string }> {
  return async ({ params: { origin } }, response) =>
    answer(response, await store.providers.pause(origin, principalOf(response).subject));
}

/** `POST /v1/providers/{origin}/resume`: its jobs find out by themselves. */
export function resumeProvider({ store }: PauseParts): RequestHandler<{ origin: string }> {
  return async ({ params: { origin } }, response) =>
    answer(response, await store.providers.resume(origin));
}

function answer(response: Response, provider: Provider | undefined): void {
  if (!provider) return sendProblem(response, 'provider-not-found');
  response.json(provider);
}

/** `POST /v1/pause`: nothing is polled at any provider until that is resumed. */
export function pauseEverything({ store }: PauseParts): RequestHandler {
  return async (_request, response) => {
    response.json(await store.providers.pauseAll(principalOf(response).subject));
  };
}

/** `POST /v1/resume`: providers and jobs that are paused for themselves stay so. */
export function resumeEverything({ store }: PauseParts): RequestHandler {
  return async (_request, response) => {
    response.json(await store.providers.resumeAll());
  };
}
