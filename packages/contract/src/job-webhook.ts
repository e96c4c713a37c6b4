import { z } from 'zod';
import { deliverableTypes } from './deliverable-types.js';
import { httpUrlSchema } from './http-url.js';

/** Limits of webhooks, in characters unless the name says otherwise. */
export const webhookLimits = {
  url: 2048,
  description: 256,
  /** Of the key within a secret; Standard Webhooks, "Signature scheme". */
  secretBytesMin: 24,
  secretBytesMax: 64,
  /** How long the secret before a rotation signs too, in seconds. */
  overlapSecondsMax: 7 * 86_400,
  overlapSecondsDefault: 86_400,
  /** Deliveries that one call replays at most. */
  replayMax: 1_000,
} as const;

/** Where events are posted. The host's policy says further which URLs may be. */
export const webhookUrlSchema = httpUrlSchema(webhookLimits.url);

const secretHint = `must be whsec_ and the base64 of ${webhookLimits.secretBytesMin} to ${webhookLimits.secretBytesMax} bytes`;

/** Whether a text is one secret as Standard Webhooks writes it. */
export function isWebhookSecret(text: string): boolean {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/.exec(text) ?? [];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const bytes = (encoded.length / 4) * 3 - (/=+$/.exec(encoded)?.[0].length ?? 0);
  return bytes >= webhookLimits.secretBytesMin && bytes <= webhookLimits.secretBytesMax;
}

/** The secret of a job's webhook; two with a blank between them while one replaces the other, and both sign. */
export const webhookSecretSchema = z
  .string()
  .refine((text) => text.split(' ').length <= 2 && text.split(' ').every(isWebhookSecret), {
    message: `${secretHint}, or two of them with a blank between`,
  });

/** Types of events that are posted; all export events where not given. */
export const webhookTypesSchema = z
  .array(z.enum(deliverableTypes))
  .min(1)
  .transform((types) => [...new Set(types)]);

/** `webhook` of a registration, and of `PATCH /v1/jobs/{id}`: this job's events are posted there. */
export const jobWebhookInputSchema = z.strictObject({
  url: webhookUrlSchema,
  /** Write-only: the receiver verifies signatures with it. */
  secret: webhookSecretSchema,
  types: webhookTypesSchema.optional(),
});
export type JobWebhookInput = z.output<typeof jobWebhookInputSchema>;

/** Why a webhook is sent nothing. */
export const webhookDisabledReasons = [
  // All attempts have failed for longer than the settings allow.
  'failing',
  // The receiver answered 410: it wants no more.
  'gone',
  // Somebody with access to the API asked for it.
  'by-request',
] as const;
export type WebhookDisabledReason = (typeof webhookDisabledReasons)[number];

/** `enabled` is sent events, `disabled` is not. */
export const webhookStates = ['enabled', 'disabled'] as const;
export type WebhookState = (typeof webhookStates)[number];

/** `webhook` of a job as the API shows it. Its secret is shown nowhere. */
export const jobWebhookSchema = z.object({
  /** Its query is shown as `?…`. */
  url: z.string(),
  /** Null stands for all export events. */
  types: z.array(z.enum(deliverableTypes)).nullable(),
  state: z.enum(webhookStates),
  disabledReason: z.enum(webhookDisabledReasons).nullable(),
});
export type JobWebhook = z.infer<typeof jobWebhookSchema>;
