import { z } from 'zod';
import { acknowledgedShape, requiredSubscribersSchema } from './acknowledgements.js';
import { httpUrlSchema } from './http-url.js';
import { jobWebhookInputSchema, jobWebhookSchema } from './job-webhook.js';
import { manifestSummarySchema } from './manifest.js';
import { problemSchema } from './problem.js';
import { anomalies, type Reason, reasonNames } from './reasons.js';
import { jobStates, pollHealths } from './states.js';

const instant = z.iso.datetime({ offset: true });
const reason = z.enum(reasonNames as [Reason, ...Reason[]]);

/** Limits of a registration, in characters unless the name says otherwise. */
export const registrationLimits = {
  statusUrl: 2048,
  credential: 64,
  preset: 64,
  bearerToken: 8192,
  retryAfter: 64,
  reference: 256,
  labelKey: 64,
  labelValue: 256,
  labelCount: 32,
  idempotencyKey: 255,
} as const;

/** Header-safe characters of a bearer token (RFC 6750 section 2.1, `b64token`, plus what servers send). */
export const bearerTokenSchema = z
  .string()
  .min(1)
  .max(registrationLimits.bearerToken)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const labelsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(registrationLimits.labelKey)
      .regex(/^[A-Za-z0-9._/-]+$/, 'label names take letters, digits and . _ / -'),
    z.string().max(registrationLimits.labelValue),
  )
  .refine((value) => Object.keys(value).length <= registrationLimits.labelCount, {
    message: `at most ${registrationLimits.labelCount} labels`,
  });

/** Names of protocols and of presets. */
const presetName = z
  .string()
  .max(registrationLimits.preset)
  .regex(/^[a-z][a-z0-9-]*$/, 'takes lower-case letters, digits and -');

/** Body of `POST /v1/jobs`, and one line of `POST /v1/jobs/batch`. */
export const registrationSchema = z
  .strictObject({
    statusUrl: httpUrlSchema(registrationLimits.statusUrl),
    /** `fhir-bulk`, unless the preset speaks another one. */
    protocol: presetName.optional(),
    /** What is known of the provider; chosen by its origin where not given. */
    preset: presetName.optional(),
    credential: z
      .string()
      .min(1)
      .max(registrationLimits.credential)
      .regex(/^[A-Za-z0-9._-]+$/, 'takes letters, digits and . _ -')
      .optional(),
    bearerToken: bearerTokenSchema.optional(),
    /** The kick-off response's Retry-After, verbatim. */
    retryAfter: z.union([z.string().max(registrationLimits.retryAfter), z.number()]).optional(),
    kickedOffAt: instant.optional(),
    deadlineAt: instant.optional(),
    labels: labelsSchema.optional(),
    reference: z.string().max(registrationLimits.reference).optional(),
    /** Once all required subscribers have acknowledged the job, its provider is sent a delete request. */
    deleteOnAcknowledge: z.boolean().optional(),
    requiredSubscribers: requiredSubscribersSchema.optional(),
    /** Where this job's events are posted, besides the tenant's endpoints. */
    webhook: jobWebhookInputSchema.optional(),
  })
  .refine((value) => value.credential === undefined || value.bearerToken === undefined, {
    path: ['bearerToken'],
    message: 'cannot be given together with credential',
  });
export type Registration = z.output<typeof registrationSchema>;
export type RegistrationInput = z.input<typeof registrationSchema>;

/**
 * Body of `PATCH /v1/jobs/{id}`: what may be changed of a job that is being tracked; of a completed one, what concerns
 * its acknowledgement. What is left out stays.
 */
export const amendmentSchema = z
  .strictObject({
    /** In place of the one that was submitted; write-only. */
    bearerToken: bearerTokenSchema.optional(),
    deadlineAt: instant.optional(),
    /** All of them, in place of those it had. */
    labels: labelsSchema.optional(),
    /** These two also of a completed job, until its provider is to be sent a delete request. */
    deleteOnAcknowledge: z.boolean().optional(),
    requiredSubscribers: requiredSubscribersSchema.optional(),
    /** In place of the one it had; null takes it away. May be changed of a settled job too. */
    webhook: jobWebhookInputSchema.nullable().optional(),
  })
  .refine((value) => Object.values(value).some((member) => member !== undefined), {
    message:
      'must hold bearerToken, deadlineAt, labels, deleteOnAcknowledge, requiredSubscribers or webhook',
  });
export type Amendment = z.output<typeof amendmentSchema>;

/** What an estimate of the end rests on: how fast the percentage has grown, or how long exports there have taken. */
export const etaBases = ['progress', 'history'] as const;
export type EtaBasis = (typeof etaBases)[number];

/** What keeps a job that is due from being polled. */
export const holds = [
  // Its provider has had as many requests as it may in this second.
  'pace',
  // Its provider has as many requests in flight as it may.
  'concurrency',
  // Its provider asked to be left alone, by a Retry-After that holds for all of its jobs.
  'provider-wait',
  // Its provider is out: one poll at a time finds out whether it is back.
  'circuit-open',
  // An operator paused its provider, everything, or this job.
  'provider-paused',
  'all-paused',
  'paused',
] as const;
export type Hold = (typeof holds)[number];

/** A tracked job as the API shows it. Instants are ISO 8601; what is unknown is null. */
export const jobSchema = z.object({
  id: z.string(),
  statusUrl: z.string(),
  protocol: z.string(),
  /** As named at registration; null where the origin chooses. */
  preset: z.string().nullable(),
  provider: z.string(),
  state: z.enum(jobStates),
  health: z.enum(pollHealths),
  /** Since when the health is what it is. */
  healthSince: instant.nullable(),
  progress: z.string().nullable(),
  progressPercent: z.number().nullable(),
  /** When the export is likely to end, and what says so; both null where it would be a guess. */
  etaAt: instant.nullable(),
  etaBasis: z.enum(etaBases).nullable(),
  pollCount: z.number().int(),
  registeredAt: instant,
  kickedOffAt: instant.nullable(),
  lastPolledAt: instant.nullable(),
  dueAt: instant.nullable(),
  heldBy: z.enum(holds).nullable(),
  /** Name of the API key, or subject of the token, with which the job was paused; null where it is not. */
  pausedBy: z.string().nullable(),
  deadlineAt: instant,
  settledAt: instant.nullable(),
  cancelRequestedAt: instant.nullable(),
  reason: reason.nullable(),
  detail: z.string().nullable(),
  expiresAt: instant.nullable(),
  expiryAssumed: z.boolean(),
  /** `expiresAt`, once that has passed and subscribers were told. */
  expiredAt: instant.nullable(),
  requestId: z.string().nullable(),
  credential: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  reference: z.string().nullable(),
  manifest: manifestSummarySchema.nullable(),
  /** When the manifest itself was removed, having been kept long enough; what is told of it here stays. */
  manifestRemovedAt: instant.nullable(),
  /** Counts from 1; one more with each refresh, which brings fresh links. */
  manifestVersion: z.number().int().nullable(),
  /** Until when the provider is asked for fresh links at the longest; null where it is not. */
  refreshUntil: instant.nullable(),
  /** Why the last refresh brought no fresh links; null where it did, or there was none. */
  refreshReason: reason.nullable(),
  ...acknowledgedShape,
  /** Where the job's events are posted, besides the tenant's endpoints. */
  webhook: jobWebhookSchema.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobListSchema = z.object({
  jobs: z.array(jobSchema),
  /** Pass as `cursor` for the next page; null on the last. */
  nextCursor: z.string().nullable(),
});
export type JobList = z.infer<typeof jobListSchema>;

/** One poll, or one delete request, of a job's bounded timeline. */
export const pollSchema = z.object({
  at: instant,
  method: z.enum(['GET', 'DELETE']),
  /** HTTP status; null where no answer came. */
  status: z.number().int().nullable(),
  durationMs: z.number(),
  /** Delay that the provider asked for, and the one that was applied; null where none. */
  requestedDelayMs: z.number().nullable(),
  appliedDelayMs: z.number().nullable(),
  progress: z.string().nullable(),
  requestId: z.string().nullable(),
  reason: reason.nullable(),
  anomalies: z.array(z.enum(anomalies)),
});
export type Poll = z.infer<typeof pollSchema>;

export const pollListSchema = z.object({ polls: z.array(pollSchema) });
export type PollList = z.infer<typeof pollListSchema>;

/** One result line of `POST /v1/jobs/batch`, in the order of the input lines. */
export const batchResultSchema = z.union([
  z.object({
    line: z.number().int(),
    status: z.union([z.literal(200), z.literal(201)]),
    job: jobSchema,
  }),
  z.object({
    line: z.number().int(),
    status: z.number().int(),
    problem: problemSchema,
    /** With 429: seconds after which the line may be sent again. */
    retryAfterSeconds: z.number().int().min(1).optional(),
  }),
]);
export type BatchResult = z.infer<typeof batchResultSchema>;

/** `key:value`, once or more often. */
export const labelParameter = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .pipe(
    z.array(z.string().regex(/^[^:]+:.*$/, 'must be key:value')).max(registrationLimits.labelCount),
  );

/**
 * Query of `POST /v1/jobs/batch` with a list of status URLs: what their registrations have in common. A token is not
 * among it, since URLs are logged by others.
 */
export const importQuerySchema = z.strictObject({
  protocol: z.string().optional(),
  preset: z.string().optional(),
  credential: z.string().optional(),
  retryAfter: z.string().optional(),
  kickedOffAt: z.string().optional(),
  deadlineAt: z.string().optional(),
  reference: z.string().optional(),
  label: labelParameter.optional(),
  deleteOnAcknowledge: z.enum(['true', 'false']).optional(),
  /** Once or more often. */
  requiredSubscriber: z
    .union([z.string(), z.array(z.string())])
    .transform((names) => [names].flat())
    .optional(),
});
export type ImportQuery = z.output<typeof importQuerySchema>;

/** Query of `GET /v1/jobs`. */
export const listQuerySchema = z.strictObject({
  state: z.enum(jobStates).optional(),
  health: z.enum(pollHealths).optional(),
  provider: z.string().max(registrationLimits.statusUrl).optional(),
  /** Given more than once, all must match. */
  label: labelParameter.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type ListQuery = z.output<typeof listQuerySchema>;
