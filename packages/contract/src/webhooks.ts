import { z } from 'zod';
import { deliverableTypes, webhookEvents } from './deliverable-types.js';
import {
  webhookDisabledReasons,
  webhookLimits,
  webhookStates,
  webhookTypesSchema,
  webhookUrlSchema,
} from './job-webhook.js';
import { labelsSchema } from './jobs.js';

const instant = z.iso.datetime({ offset: true });

const endpointFields = {
  url: webhookUrlSchema,
  types: webhookTypesSchema,
  /** An event is posted only where its job carries all of them. */
  labels: labelsSchema,
  description: z.string().max(webhookLimits.description),
};

/** Body of `POST /v1/webhook-endpoints`. */
export const newWebhookEndpointSchema = z.strictObject({
  url: endpointFields.url,
  types: endpointFields.types.optional(),
  labels: endpointFields.labels.optional(),
  description: endpointFields.description.optional(),
});
export type NewWebhookEndpoint = z.output<typeof newWebhookEndpointSchema>;

/** Body of `PATCH /v1/webhook-endpoints/{id}`. What is left out stays; null takes types or description away. */
export const webhookEndpointAmendmentSchema = z
  .strictObject({
    url: endpointFields.url.optional(),
    types: endpointFields.types.nullable().optional(),
    labels: endpointFields.labels.optional(),
    description: endpointFields.description.nullable().optional(),
    /** True also ends a disablement, and the count of failures with it. */
    enabled: z.boolean().optional(),
  })
  .refine((value) => Object.values(value).some((member) => member !== undefined), {
    message: 'must hold url, types, labels, description or enabled',
  });
export type WebhookEndpointAmendment = z.output<typeof webhookEndpointAmendmentSchema>;

/** An endpoint of a tenant as the API shows it. */
export const webhookEndpointSchema = z.object({
  id: z.string(),
  /** Its query, which may be a capability, is shown as `?…`. */
  url: z.string(),
  /** Null stands for all export events. */
  types: z.array(z.enum(deliverableTypes)).nullable(),
  labels: z.record(z.string(), z.string()),
  description: z.string().nullable(),
  state: z.enum(webhookStates),
  disabledAt: instant.nullable(),
  disabledReason: z.enum(webhookDisabledReasons).nullable(),
  /** The first failure since the last success, and what the last one was; null while deliveries succeed. */
  failingSince: instant.nullable(),
  lastReason: z.string().nullable(),
  createdAt: instant,
  /** Until when the secret before the last rotation signs too; null where it does not. */
  previousSecretUntil: instant.nullable(),
});
export type WebhookEndpoint = z.infer<typeof webhookEndpointSchema>;

/** Answer of `POST /v1/webhook-endpoints`: the only time that the secret is shown. */
export const createdWebhookEndpointSchema = webhookEndpointSchema.extend({ secret: z.string() });
export type CreatedWebhookEndpoint = z.infer<typeof createdWebhookEndpointSchema>;

export const webhookEndpointListSchema = z.object({
  webhookEndpoints: z.array(webhookEndpointSchema),
});
export type WebhookEndpointList = z.infer<typeof webhookEndpointListSchema>;

/** Body of `POST /v1/webhook-endpoints/{id}/rotate-secret`. */
export const rotateWebhookSecretSchema = z.strictObject({
  /** How long the old secret signs too, in seconds; a day where not given. */
  overlapSeconds: z.number().int().min(0).max(webhookLimits.overlapSecondsMax).optional(),
});
export type RotateWebhookSecret = z.output<typeof rotateWebhookSecretSchema>;

/** Answer of it: the only time that the new secret is shown. */
export const rotatedWebhookSecretSchema = z.object({
  secret: z.string(),
  previousSecretUntil: instant.nullable(),
});
export type RotatedWebhookSecret = z.infer<typeof rotatedWebhookSecretSchema>;

/**
 * `pending` until an attempt succeeds (`delivered`) or the last one has failed (`failed`); `held` where the webhook
 * is disabled, or was when its turn came. What is failed or held is sent again by a replay only.
 */
export const deliveryStates = ['pending', 'delivered', 'failed', 'held'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One request of a delivery. */
export const deliveryAttemptSchema = z.object({
  at: instant,
  /** HTTP status; null where no answer came. */
  status: z.number().int().nullable(),
  durationMs: z.number(),
  /** Why it failed; null where it did not. A reason, or `http-` and the status. */
  reason: z.string().nullable(),
});
export type DeliveryAttempt = z.infer<typeof deliveryAttemptSchema>;

/** One event on its way to one webhook. */
export const webhookDeliverySchema = z.object({
  id: z.string(),
  /** Null where it goes to the webhook of the job. */
  endpointId: z.string().nullable(),
  /** The job that the event tells of; null where it tells of none. */
  jobId: z.string().nullable(),
  /** The `webhook-id` of every attempt. */
  eventId: z.string(),
  type: z.enum([...deliverableTypes, webhookEvents['webhook-test'].type]),
  state: z.enum(deliveryStates),
  createdAt: instant,
  /** Null unless it is pending. */
  nextAttemptAt: instant.nullable(),
  /** All attempts; `attempts` are the latest of them, the newest first. */
  attemptCount: z.number().int(),
  attempts: z.array(deliveryAttemptSchema),
});
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

export const webhookDeliveryListSchema = z.object({
  deliveries: z.array(webhookDeliverySchema),
  /** Pass as `cursor` for the next page; null on the last. */
  nextCursor: z.string().nullable(),
});
export type WebhookDeliveryList = z.infer<typeof webhookDeliveryListSchema>;

/** Query of the lists of deliveries. */
export const webhookDeliveriesQuerySchema = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  cursor: z
    .string()
    .regex(/^[0-9a-f-]{36}$/, 'must be a nextCursor')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type WebhookDeliveriesQuery = z.output<typeof webhookDeliveriesQuerySchema>;

/** Answer of a test: the delivery, which the log shows. */
export const webhookTestSchema = z.object({ deliveryId: z.string() });
export type WebhookTest = z.infer<typeof webhookTestSchema>;

/** Body of `POST /v1/webhook-endpoints/{id}/replay`: exactly one of these. */
export const replayWebhookSchema = z
  .strictObject({
    deliveryId: z
      .string()
      .regex(/^[0-9a-f-]{36}$/, 'must be the id of a delivery')
      .optional(),
    /** Everything that is in this state and still in the log. */
    state: z.enum(['failed', 'held']).optional(),
    /** With a state: `more` of the call before. */
    cursor: z
      .string()
      .regex(/^[0-9a-f-]{36}$/, 'must be the more of the call before')
      .optional(),
    /** Every event of the stream from an instant on, or after the id of an entry (as `GET /v1/events` has it). */
    since: z.union([instant, z.string().regex(/^\d{1,15}-\d{1,15}$/)]).optional(),
  })
  .refine(
    ({ cursor: _cursor, ...value }) =>
      Object.values(value).filter((member) => member !== undefined).length === 1,
    { message: 'must hold exactly one of deliveryId, state and since' },
  )
  .refine(({ cursor, state }) => cursor === undefined || state !== undefined, {
    message: 'must hold a cursor with a state only',
  });
export type ReplayWebhook = z.output<typeof replayWebhookSchema>;

/** Answer of a replay. */
export const webhookReplaySchema = z.object({
  replayedCount: z.number().int(),
  /** Where there is more than one call takes: the `since`, or for a state the `cursor`, to call again with; else null. */
  more: z.string().nullable(),
});
export type WebhookReplay = z.infer<typeof webhookReplaySchema>;
