import {
  type ReplayWebhook,
  type RotatedWebhookSecret,
  replayWebhookSchema,
  rotateWebhookSecretSchema,
  type WebhookReplay,
  type WebhookTest,
  webhookLimits,
} from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { ReplayResult, ReplaySelection, Store } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { principalOf } from '../auth/principal.js';
import { type ApiReason, sendProblem } from '../problem.js';
import { asValidation, refuseBody } from '../reasoned-fault.js';

interface ActionParts {
  readonly store: Pick<Store, 'webhooks'>;
}

interface RotateParts {
  readonly store: Pick<Store, 'webhooks' | 'canSeal'>;
}

type EndpointHandler = RequestHandler<{ endpoint: string }>;

/** `POST /v1/webhook-endpoints/{endpoint}/rotate-secret`: the answer is the only one that holds the new secret. */
export function rotateSecret({ store }: RotateParts): EndpointHandler {
  return async ({ params, body }, response) => {
    const { tenant } = principalOf(response);
    const parsed = rotateWebhookSecretSchema.safeParse(body ?? {});
    if (!parsed.success) return refuse(response, parsed.error);
    if (!store.canSeal) return sendProblem(response, 'sealing-not-configured');
    const { overlapSeconds = webhookLimits.overlapSecondsDefault } = parsed.data;
    const rotated = await store.webhooks.rotateSecret(
      tenant,
      params.endpoint,
      overlapSeconds * 1_000,
    );
    if (!rotated) return sendProblem(response, 'webhook-endpoint-not-found');
    const { secret, endpoint } = rotated;
    const { previousSecretUntil } = endpoint;
    response.json({ secret, previousSecretUntil } satisfies RotatedWebhookSecret);
  };
}

/** `POST /v1/webhook-endpoints/{endpoint}/test`: a worker posts it; what came of it is in the log. */
export function testEndpoint({ store }: ActionParts): EndpointHandler {
  return async ({ params }, response) => {
    const { tenant } = principalOf(response);
    const deliveryId = await store.webhooks.test(tenant, params.endpoint);
    if (deliveryId === undefined) return sendProblem(response, 'webhook-endpoint-not-found');
    response.status(202).json({ deliveryId } satisfies WebhookTest);
  };
}

/** `POST /v1/webhook-endpoints/{endpoint}/replay`: events are sent again, under the `webhook-id` that they had. */
export function replay({ store }: ActionParts): EndpointHandler {
  return async ({ params, body }, response) => {
    const { tenant } = principalOf(response);
    const parsed = replayWebhookSchema.safeParse(body);
    if (!parsed.success) return refuse(response, parsed.error);
    const result = await store.webhooks.replay(tenant, params.endpoint, selectionOf(parsed.data));
    if (result.kind !== 'replayed') return sendProblem(response, reasons[result.kind]);
    const { count: replayedCount, more = null } = result;
    response.status(202).json({ replayedCount, more } satisfies WebhookReplay);
  };
}

/** The one member that there is. */
function selectionOf({ deliveryId, state, cursor, since = '' }: ReplayWebhook): ReplaySelection {
  if (deliveryId !== undefined) return { deliveryId };
  if (state === undefined) return { since };
  return cursor === undefined ? { state } : { state, cursor };
}

const reasons = {
  'not-found': 'webhook-endpoint-not-found',
  'delivery-not-found': 'webhook-delivery-not-found',
  disabled: 'webhook-disabled',
} as const satisfies Record<Exclude<ReplayResult['kind'], 'replayed'>, ApiReason>;

function refuse(response: Response, error: z.ZodError): void {
  const { reason, errors } = refuseBody(faultsOf(error).map(asValidation));
  sendProblem(response, reason, { errors });
}
