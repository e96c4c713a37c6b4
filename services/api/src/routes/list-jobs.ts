import { type JobList, type ListQuery, listQuerySchema } from '@bulkwatch/contract';
import { isCursor, type ListFilter, type Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { principalOf } from '../auth/principal.js';
import { keyAndValue } from '../label-parameter.js';
import { sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';

/** `GET /v1/jobs`: newest first, page by page, status URLs masked. */
export function listJobs({ store }: { readonly store: Pick<Store, 'jobs'> }): RequestHandler {
  return async (request, response) => {
    const reading = readQuery(listQuerySchema, request.query);
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const { query } = reading;
    if (query.cursor !== undefined && !isCursor(query.cursor)) return refuseCursor(response);
    const page = await store.jobs.list(principalOf(response).tenant, filterOf(query), {
      cursor: query.cursor,
      limit: query.limit,
    });
    const list: JobList = {
      jobs: [...(await store.jobs.present(page.jobs))],
      nextCursor: page.nextCursor ?? null,
    };
    if (page.nextCursor !== undefined) response.links({ next: nextPage(query, page.nextCursor) });
    response.json(list);
  };
}

function refuseCursor(response: Response): void {
  sendProblem(response, 'query-invalid', {
    errors: [{ field: 'cursor', message: 'is not one that a page has named' }],
  });
}

function filterOf({ state, health, provider, label }: ListQuery): ListFilter {
  return {
    ...(state === undefined ? {} : { states: [state] }),
    ...(health === undefined ? {} : { health }),
    ...(provider === undefined ? {} : { provider }),
    ...(label === undefined ? {} : { labels: label.map(keyAndValue) }),
  };
}

function nextPage(query: ListQuery, cursor: string): string {
  const { label = [], ...single } = query;
  const parameters = new URLSearchParams(label.map((text): [string, string] => ['label', text]));
  for (const [name, value] of Object.entries({ ...single, cursor }))
    parameters.set(name, String(value));
  return `/v1/jobs?${parameters.toString()}`;
}
