import { randomBytes } from 'node:crypto';
import type { WebhookEndpoint } from '@bulkwatch/contract';
import { v7 as uuidv7 } from 'uuid';
import { toFields } from '../job-record.js';
import { keys } from '../keys.js';
import { ask, type StoreContext } from '../store-context.js';
import type { CreateEndpointResult, EndpointAmendment, NewEndpoint } from '../webhook-store.js';
import { openSecret, sealSecret, typesText, urlFields } from './webhook-fields.js';
import { receiverOf, webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';
import { endpointOf } from './webhook-view.js';

/** Bytes of a secret that the house makes; Standard Webhooks wants 24 at least. */
const secretBytes = 32;
const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

export async function createEndpoint(
  context: StoreContext,
  tenant: string,
  { url, types, labels, description }: NewEndpoint,
): Promise<CreateEndpointResult> {
  const endpointId = uuidv7();
  const owner = { tenant, id: endpointId };
  const secret = newSecret();
  const fields = toFields({
    tenant,
    ...urlFields(context.sealer, owner, url),
    sealedWebhookSecret: sealSecret(context.sealer, owner, secret),
    webhookTypes: types && typesText(types),
    labels: labels && JSON.stringify(labels),
    description,
    createdAt: context.clock.now(),
  });
  const [kind] = await webhookScripts.createEndpoint(
    context.redis,
    {
      endpoint: webhookKeys.endpoint(endpointId),
      endpoints: webhookKeys.endpoints(tenant),
      webhooks: webhookKeys.webhooks,
      events: keys.events,
    },
    { endpointId, endpointsMax: context.limits.webhooks.endpointsMax },
    fields,
  );
  if (kind === 'too-many') return { kind };
  const endpoint = await readEndpoint(context, tenant, endpointId);
  if (!endpoint) throw new Error(`the endpoint ${endpointId} has no record`);
  return { kind: 'created', endpoint, secret };
}

export async function readEndpoint(
  { redis, clock }: StoreContext,
  tenant: string,
  endpointId: string,
): Promise<WebhookEndpoint | undefined> {
  const hash = await ask(redis.hgetall(webhookKeys.endpoint(endpointId)));
  return hash['tenant'] === tenant ? endpointOf(endpointId, hash, clock.now()) : undefined;
}

/** All endpoints of a tenant, the newest first. */
export async function readEndpoints(
  context: StoreContext,
  tenant: string,
): Promise<readonly WebhookEndpoint[]> {
  const ids = await ask(context.redis.zrevrange(webhookKeys.endpoints(tenant), 0, -1));
  const endpoints = await Promise.all(ids.map((id) => readEndpoint(context, tenant, id)));
  return endpoints.filter((endpoint) => endpoint !== undefined);
}

export async function amendEndpoint(
  context: StoreContext,
  tenant: string,
  { endpointId, amendment }: { endpointId: string; amendment: EndpointAmendment },
): Promise<WebhookEndpoint | undefined> {
  const { url, types, labels, description, enabled } = amendment;
  const cleared = [
    ...(types === null ? ['webhookTypes'] : []),
    ...(description === null ? ['description'] : []),
  ];
  const set = toFields({
    ...(url === undefined ? {} : urlFields(context.sealer, { tenant, id: endpointId }, url)),
    webhookTypes: types ? typesText(types) : undefined,
    labels: labels && JSON.stringify(labels),
    description: description ?? undefined,
  });
  const receiverId = receiverOf.endpoint(endpointId);
  const [kind] = await webhookScripts.amendEndpoint(
    context.redis,
    {
      endpoint: webhookKeys.endpoint(endpointId),
      webhooks: webhookKeys.webhooks,
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
      failing: webhookKeys.failing,
      disabled: webhookKeys.disabled,
    },
    {
      tenant,
      receiverId,
      switch: enabled === undefined ? '' : enabled ? 'enable' : 'disable',
      moved: url === undefined ? '' : 1,
      cleared: cleared.length,
    },
    [...cleared, ...set],
  );
  return kind === 'amended' ? readEndpoint(context, tenant, endpointId) : undefined;
}

export async function removeEndpoint(
  context: StoreContext,
  tenant: string,
  endpointId: string,
): Promise<boolean> {
  const receiverId = receiverOf.endpoint(endpointId);
  const [kind] = await webhookScripts.removeEndpoint(
    context.redis,
    {
      endpoint: webhookKeys.endpoint(endpointId),
      endpoints: webhookKeys.endpoints(tenant),
      webhooks: webhookKeys.webhooks,
      receiver: webhookKeys.receiver(receiverId),
      pending: webhookKeys.pending(receiverId),
      due: webhookKeys.due,
      log: webhookKeys.log(endpointId),
      failing: webhookKeys.failing,
      disabled: webhookKeys.disabled,
    },
    { tenant, endpointId, receiverId },
  );
  return kind === 'removed';
}

/** Two rotations at once are rare; each tries again on what the other left. */
const triesMax = 5;

export async function rotateSecret(
  context: StoreContext,
  tenant: string,
  { endpointId, overlapMs }: { endpointId: string; overlapMs: number },
): Promise<{ endpoint: WebhookEndpoint; secret: string } | undefined> {
  const { redis, sealer } = context;
  const owner = { tenant, id: endpointId };
  const key = webhookKeys.endpoint(endpointId);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const sealedOld = (await ask(redis.hget(key, 'sealedWebhookSecret'))) ?? '';
    const secret = newSecret();
    const [kind] = await webhookScripts.rotateSecret(
      redis,
      { endpoint: key },
      {
        tenant,
        sealedOld,
        sealedNew: sealSecret(sealer, owner, secret),
        // One that cannot be opened any more cannot sign.
        overlapMs: openSecret(sealer, owner, sealedOld) === undefined ? 0 : overlapMs,
      },
    );
    if (kind === 'missing') return undefined;
    if (kind !== 'rotated') continue;
    const endpoint = await readEndpoint(context, tenant, endpointId);
    return endpoint && { endpoint, secret };
  }
  throw new Error(`the secret of endpoint ${endpointId} changed ${triesMax} times meanwhile`);
}
