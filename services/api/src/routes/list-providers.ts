import { providerListQuerySchema } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';

/** `GET /v1/providers`: all that have ever had a job, by origin, page by page. */
export function listProviders({
  store,
}: {
  readonly store: Pick<Store, 'providers'>;
}): RequestHandler {
  return async (request, response) => {
    const reading = readQuery(providerListQuerySchema, request.query);
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const { cursor, limit } = reading.query;
    const list = await store.providers.list({ cursor, limit });
    if (list.nextCursor !== null) {
      const next = new URLSearchParams({ cursor: list.nextCursor, limit: String(limit) });
      response.links({ next: `/v1/providers?${next.toString()}` });
    }
    response.json(list);
  };
}
