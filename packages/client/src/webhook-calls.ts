import type {
  CreatedWebhookEndpoint,
  DeliveryState,
  NewWebhookEndpoint,
  ReplayWebhook,
  RotatedWebhookSecret,
  RotateWebhookSecret,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookEndpoint,
  WebhookEndpointAmendment,
  WebhookEndpointList,
  WebhookReplay,
  WebhookTest,
} from '@bulkwatch/contract';
import { eachOfPages } from './each-of-pages.js';
import { type Call, jsonBody } from './exchange.js';
import type { PageOptions } from './job-calls.js';
import { jobPath } from './job-path.js';
import { queryOf } from './query-of.js';
import { readAnswer } from './read-answer.js';
import type { CallOptions, Send } from './send.js';

export interface DeliveryPageOptions extends PageOptions {
  readonly state?: DeliveryState | undefined;
}

/** The calls about webhooks. Each is named as its operation in the OpenAPI document. */
export interface WebhookCalls {
  /**
   * Has the tenant's events posted to a URL. The answer is the only one that holds the secret, so the call is never sent
   * twice: where it ends without an answer, look in the list, delete what it made, and begin anew.
   */
  createWebhookEndpoint(
    endpoint: NewWebhookEndpoint,
    options?: CallOptions,
  ): Promise<CreatedWebhookEndpoint>;
  /** All endpoints of the tenant, the newest first. */
  listWebhookEndpoints(options?: CallOptions): Promise<WebhookEndpoint[]>;
  getWebhookEndpoint(endpointId: string, options?: CallOptions): Promise<WebhookEndpoint>;
  /** Changes what is given; `enabled: true` also ends a disablement. */
  amendWebhookEndpoint(
    endpointId: string,
    amendment: WebhookEndpointAmendment,
    options?: CallOptions,
  ): Promise<WebhookEndpoint>;
  /** Deletes an endpoint with its log. Rejects with `webhook-endpoint-not-found` where it is gone. */
  deleteWebhookEndpoint(endpointId: string, options?: CallOptions): Promise<void>;
  /**
   * Makes a new secret, which only this answer holds; the old one signs as well for `overlapSeconds`, a day by default.
   * Never sent twice: a second rotation would end the secret that receivers know.
   */
  rotateWebhookSecret(
    endpointId: string,
    options?: CallOptions & RotateWebhookSecret,
  ): Promise<RotatedWebhookSecret>;
  /** Has a test event posted, and gives the delivery, of which the log tells what came of it. */
  testWebhookEndpoint(endpointId: string, options?: CallOptions): Promise<WebhookTest>;
  /** One page of the deliveries to an endpoint, the newest first. */
  listWebhookDeliveries(
    endpointId: string,
    options?: DeliveryPageOptions,
  ): Promise<WebhookDeliveryList>;
  /** All deliveries to an endpoint that the log still has, page by page as they are taken. */
  eachWebhookDelivery(
    endpointId: string,
    options?: DeliveryPageOptions,
  ): AsyncGenerator<WebhookDelivery, void, void>;
  /** One page of the deliveries of a job's events, to endpoints and to its own webhook, the newest first. */
  listJobDeliveries(jobId: string, options?: DeliveryPageOptions): Promise<WebhookDeliveryList>;
  /**
   * Sends events to an endpoint again. Where one call did not do all, `more` is the `since` to go on with, or with a
   * `state` the `cursor`.
   */
  replayWebhook(
    endpointId: string,
    selection: ReplayWebhook,
    options?: CallOptions,
  ): Promise<WebhookReplay>;
}

const endpoints = '/v1/webhook-endpoints';

function endpointPath(endpointId: string, word?: string): string {
  const path = `${endpoints}/${encodeURIComponent(endpointId)}`;
  return word === undefined ? path : `${path}/${word}`;
}

export function createWebhookCalls(send: Send): WebhookCalls {
  const ask = async (call: Call, options?: CallOptions) =>
    readAnswer<WebhookEndpoint>(await send(call, options), 'id', 'url', 'state');
  const listDeliveries = async (
    path: string,
    { state, cursor, limit, ...options }: DeliveryPageOptions = {},
  ) => {
    const query = queryOf({ state, cursor, limit });
    const answer = await send({ method: 'GET', path, query }, options);
    return readAnswer<WebhookDeliveryList>(answer, 'deliveries', 'nextCursor');
  };
  const listWebhookDeliveries: WebhookCalls['listWebhookDeliveries'] = (endpointId, options) =>
    listDeliveries(endpointPath(endpointId, 'deliveries'), options);

  return {
    async createWebhookEndpoint(endpoint, options) {
      const body = jsonBody(endpoint);
      const answer = await send({ method: 'POST', path: endpoints, body, once: true }, options);
      return readAnswer<CreatedWebhookEndpoint>(answer, 'id', 'secret');
    },
    async listWebhookEndpoints(options) {
      const answer = await send({ method: 'GET', path: endpoints }, options);
      return readAnswer<WebhookEndpointList>(answer, 'webhookEndpoints').webhookEndpoints;
    },
    getWebhookEndpoint: (endpointId, options) =>
      ask({ method: 'GET', path: endpointPath(endpointId) }, options),
    amendWebhookEndpoint: (endpointId, amendment, options) =>
      ask({ method: 'PATCH', path: endpointPath(endpointId), body: jsonBody(amendment) }, options),
    async deleteWebhookEndpoint(endpointId, options) {
      await send({ method: 'DELETE', path: endpointPath(endpointId) }, options);
    },
    async rotateWebhookSecret(endpointId, { overlapSeconds, ...options } = {}) {
      const path = endpointPath(endpointId, 'rotate-secret');
      const body = jsonBody({ overlapSeconds });
      const answer = await send({ method: 'POST', path, body, once: true }, options);
      return readAnswer<RotatedWebhookSecret>(answer, 'secret', 'previousSecretUntil');
    },
    async testWebhookEndpoint(endpointId, options) {
      const path = endpointPath(endpointId, 'test');
      return readAnswer<WebhookTest>(await send({ method: 'POST', path }, options), 'deliveryId');
    },
    listWebhookDeliveries,
    eachWebhookDelivery: (endpointId, options) =>
      eachOfPages(
        (cursor) =>
          listWebhookDeliveries(endpointId, { ...options, cursor: cursor ?? options?.cursor }),
        ({ deliveries }) => deliveries,
      ),
    listJobDeliveries: (jobId, options) => listDeliveries(jobPath(jobId, 'deliveries'), options),
    async replayWebhook(endpointId, selection, options) {
      const path = endpointPath(endpointId, 'replay');
      const answer = await send({ method: 'POST', path, body: jsonBody(selection) }, options);
      return readAnswer<WebhookReplay>(answer, 'replayedCount', 'more');
    },
  };
}
