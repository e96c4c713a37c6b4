import {
  type NewWebhookEndpoint,
  newWebhookEndpointSchema,
  type WebhookEndpointAmendment,
  webhookEndpointAmendmentSchema,
} from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { EndpointAmendment, NewEndpoint } from '@bulkwatch/store';
import type { z } from 'zod';
import { droppedLabels, type RefusedUrl } from './read-registration.js';
import { asValidation, type RefusedBody, refuseBody } from './reasoned-fault.js';
import { judgeWebhook, type WebhookRules } from './webhook-rules.js';

type Reading<T> =
  | { readonly kind: 'accepted'; readonly value: T }
  | (RefusedBody & { readonly webhookRefusal?: RefusedUrl });

/** Reads the body of `POST /v1/webhook-endpoints` and names everything that is wrong with it at once. */
export function readNewEndpoint(body: unknown, rules: WebhookRules): Reading<NewEndpoint> {
  const reading = read<NewWebhookEndpoint>(newWebhookEndpointSchema, body, rules);
  if (reading.kind === 'refused') return reading;
  const { url, types, labels, description } = reading.value;
  const value = { url: new URL(url).href, ...defined({ types, labels, description }) };
  return { kind: 'accepted', value };
}

/** Reads the body of a `PATCH` of an endpoint. */
export function readEndpointAmendment(
  body: unknown,
  rules: WebhookRules,
): Reading<EndpointAmendment> {
  const schema = webhookEndpointAmendmentSchema;
  const reading = read<WebhookEndpointAmendment>(schema, body, rules);
  if (reading.kind === 'refused') return reading;
  const { url, ...others } = reading.value;
  const href = url === undefined ? undefined : new URL(url).href;
  return { kind: 'accepted', value: defined({ ...others, url: href }) };
}

function read<T extends { readonly url?: string | undefined }>(
  schema: z.ZodType<T>,
  body: unknown,
  rules: WebhookRules,
): Reading<T> {
  const parsed = schema.safeParse(body);
  const malformed = parsed.success ? [] : faultsOf(parsed.error);
  const { url } = parsed.data ?? {};
  const judged = url === undefined ? undefined : judgeWebhook(url, ['url'], rules);
  const faults = [
    ...[...malformed, ...droppedLabels(body)].map(asValidation),
    ...(judged?.faults ?? []),
  ];
  if (parsed.success && faults.length === 0) return { kind: 'accepted', value: parsed.data };
  return {
    ...refuseBody(faults),
    ...(judged?.refusal ? { webhookRefusal: judged.refusal } : {}),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Less the members that are undefined. */
const defined = <T extends object>(members: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
