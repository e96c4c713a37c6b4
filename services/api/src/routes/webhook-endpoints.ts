import type { CreatedWebhookEndpoint, WebhookEndpointList } from '@bulkwatch/contract';
import type { Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { setTarget } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { sendProblem } from '../problem.js';
import { readEndpointAmendment, readNewEndpoint } from '../read-endpoint.js';
import type { Reporter } from '../reporter.js';
import type { WebhookRules } from '../webhook-rules.js';

interface EndpointParts {
  readonly store: Pick<Store, 'webhooks'>;
}

interface WritingParts {
  readonly store: Pick<Store, 'webhooks' | 'canSeal'>;
  readonly policy: WebhookRules['policy'];
  readonly reporter: Pick<Reporter, 'webhookRefused'>;
}

type EndpointHandler = RequestHandler<{ endpoint: string }>;

/** What an endpoint is judged by. */
const rulesOf = ({ store, policy }: WritingParts, response: Response): WebhookRules => ({
  tenant: principalOf(response).tenant,
  policy,
  canSeal: store.canSeal,
});

/** `POST /v1/webhook-endpoints`: the answer is the only one that holds the secret. */
export function createEndpoint(parts: WritingParts): RequestHandler {
  return async (request, response) => {
    const rules = rulesOf(parts, response);
    const reading = readNewEndpoint(request.body as unknown, rules);
    if (reading.kind === 'refused') {
      parts.reporter.webhookRefused(reading.webhookRefusal);
      return sendProblem(response, reading.reason, { errors: reading.errors });
    }
    const made = await parts.store.webhooks.createEndpoint(rules.tenant, reading.value);
    if (made.kind === 'too-many') return sendProblem(response, 'too-many-webhook-endpoints');

    const { endpoint, secret } = made;
    setTarget(response, endpoint.id);
    const answer: CreatedWebhookEndpoint = { ...endpoint, secret };
    response.status(201).location(`/v1/webhook-endpoints/${endpoint.id}`).json(answer);
  };
}

/** `GET /v1/webhook-endpoints`: a tenant has few, so all of them. */
export function listEndpoints({ store }: EndpointParts): RequestHandler {
  return async (_request, response) => {
    const endpoints = await store.webhooks.endpoints(principalOf(response).tenant);
    const list: WebhookEndpointList = { webhookEndpoints: [...endpoints] };
    response.json(list);
  };
}

/** `GET /v1/webhook-endpoints/{endpoint}`. */
export function getEndpoint({ store }: EndpointParts): EndpointHandler {
  return async ({ params }, response) => {
    const { tenant } = principalOf(response);
    const endpoint = await store.webhooks.endpoint(tenant, params.endpoint);
    if (!endpoint) return sendProblem(response, 'webhook-endpoint-not-found');
    response.json(endpoint);
  };
}

/** `PATCH /v1/webhook-endpoints/{endpoint}`: what is left out stays. */
export function amendEndpoint(parts: WritingParts): EndpointHandler {
  return async ({ params, body }, response) => {
    const rules = rulesOf(parts, response);
    const reading = readEndpointAmendment(body as unknown, rules);
    if (reading.kind === 'refused') {
      parts.reporter.webhookRefused(reading.webhookRefusal);
      return sendProblem(response, reading.reason, { errors: reading.errors });
    }
    const { webhooks } = parts.store;
    const endpoint = await webhooks.amendEndpoint(rules.tenant, params.endpoint, reading.value);
    if (!endpoint) return sendProblem(response, 'webhook-endpoint-not-found');
    response.json(endpoint);
  };
}

/** `DELETE /v1/webhook-endpoints/{endpoint}`: with its log, and what was on its way to it. */
export function deleteEndpoint({ store }: EndpointParts): EndpointHandler {
  return async ({ params }, response) => {
    const { tenant } = principalOf(response);
    const wasThere = await store.webhooks.removeEndpoint(tenant, params.endpoint);
    if (!wasThere) return sendProblem(response, 'webhook-endpoint-not-found');
    response.status(204).end();
  };
}
