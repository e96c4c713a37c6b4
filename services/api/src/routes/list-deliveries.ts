import { type WebhookDeliveryList, webhookDeliveriesQuerySchema } from '@bulkwatch/contract';
import type { Store, WebhookStore } from '@bulkwatch/store';
import type { Request, RequestHandler, Response } from 'express';
import { principalOf } from '../auth/principal.js';
import { type ApiReason, sendProblem } from '../problem.js';
import { readQuery } from '../read-query.js';

interface DeliveryParts {
  readonly store: Pick<Store, 'webhooks'>;
}

/** Whose log it is, where it is, and how it is said that there is none. */
interface Log {
  readonly of: Parameters<WebhookStore['deliveries']>[1];
  readonly path: string;
  readonly unless: ApiReason;
}

/** `GET /v1/webhook-endpoints/{endpoint}/deliveries`: the newest first, page by page. */
export function listEndpointDeliveries(parts: DeliveryParts): RequestHandler<{ endpoint: string }> {
  return (request, response) => {
    const { endpoint: endpointId } = request.params;
    return list(parts, request, response, {
      of: { endpointId },
      path: `/v1/webhook-endpoints/${endpointId}/deliveries`,
      unless: 'webhook-endpoint-not-found',
    });
  };
}

/** `GET /v1/jobs/{id}/deliveries`: of its events, to endpoints and to its own webhook. */
export function listJobDeliveries(parts: DeliveryParts): RequestHandler<{ id: string }> {
  return (request, response) => {
    const { id: jobId } = request.params;
    return list(parts, request, response, {
      of: { jobId },
      path: `/v1/jobs/${jobId}/deliveries`,
      unless: 'job-not-found',
    });
  };
}

async function list(
  { store }: DeliveryParts,
  { query }: Pick<Request, 'query'>,
  response: Response,
  { of, path, unless }: Log,
): Promise<void> {
  const reading = readQuery(webhookDeliveriesQuerySchema, query);
  if (reading.kind === 'refused')
    return sendProblem(response, 'query-invalid', { errors: reading.errors });

  const { state, cursor, limit } = reading.query;
  const filter = {
    limit,
    ...(state === undefined ? {} : { state }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const page = await store.webhooks.deliveries(principalOf(response).tenant, of, filter);
  if (!page) return sendProblem(response, unless);
  const { deliveries, nextCursor } = page;
  if (nextCursor !== undefined) {
    const next = new URLSearchParams({ cursor: nextCursor, limit: String(limit) });
    if (state !== undefined) next.set('state', state);
    response.links({ next: `${path}?${next.toString()}` });
  }
  response.json({
    deliveries: [...deliveries],
    nextCursor: nextCursor ?? null,
  } satisfies WebhookDeliveryList);
}
