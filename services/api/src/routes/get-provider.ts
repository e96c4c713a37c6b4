import { providerQuerySchema } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';

/** `GET /v1/providers/{origin}`: its gate, how long its exports take, and its scorecard. */
export function getProvider({
  store,
}: {
  readonly store: Pick<Store, 'providers'>;
}): RequestHandler<{ origin: string }> {
  return async (request, response) => {
    const reading = readQuery(providerQuerySchema, request.query);
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const provider = await store.providers.get(request.params.origin, reading.query.days);
    if (!provider) return sendProblem(response, 'provider-not-found');
    response.json(provider);
  };
}
