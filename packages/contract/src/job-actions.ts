import { z } from 'zod';
import { subscriberSchema } from './acknowledgements.js';
import { bearerTokenSchema, labelsSchema, registrationLimits } from './jobs.js';
import { problemSchema } from './problem.js';
import { jobStates, pollHealths } from './states.js';

/** What can be done with a tracked job. */
export const jobActions = ['pause', 'resume', 'poll', 'refresh', 'republish', 'cancel'] as const;
export type JobAction = (typeof jobActions)[number];

/** Body of `POST /v1/jobs/{id}/poll`. */
export const pollNowSchema = z.strictObject({
  /** Passes the provider's Retry-After and its open circuit, once; not an operator's pause, nor the pace. */
  force: z.boolean().optional(),
});

/** Body of `POST /v1/jobs/{id}/refresh`. */
export const refreshSchema = z.strictObject({
  /** In place of the one that was submitted, which is gone; write-only. */
  bearerToken: bearerTokenSchema.optional(),
});

/** Body of `POST /v1/jobs/{id}/acknowledge`. */
export const acknowledgeSchema = z.strictObject({
  /** Who has what it wants. */
  subscriber: subscriberSchema,
  /** For the delete request of a job whose token was submitted; write-only. */
  bearerToken: bearerTokenSchema.optional(),
});
export type AcknowledgeInput = z.input<typeof acknowledgeSchema>;

/** Whether a member of a filter leaves jobs out: no labels match every job. */
const says = (member: unknown): boolean =>
  typeof member === 'object' && member !== null
    ? Object.keys(member).length > 0
    : member !== undefined;

/** Which jobs: those that match all of it. */
const jobFilterSchema = z
  .strictObject({
    state: z.enum(jobStates).optional(),
    health: z.enum(pollHealths).optional(),
    provider: z.string().max(registrationLimits.statusUrl).optional(),
    labels: labelsSchema.optional(),
  })
  .refine((filter) => Object.values(filter).some(says), {
    message: 'must hold state, health, provider or a label',
  });

/** Body of `POST /v1/jobs/actions`. */
export const jobActionsSchema = z
  .strictObject({
    action: z.enum(jobActions),
    filter: jobFilterSchema,
    /** With `poll`: as for one job. */
    force: z.boolean().optional(),
    cursor: z.string().max(200).optional(),
    limit: z.number().int().min(1).max(500).optional(),
  })
  .refine(({ action, force }) => force === undefined || action === 'poll', {
    path: ['force'],
    message: 'is for the action poll only',
  });
export type JobActions = z.output<typeof jobActionsSchema>;

const jobActionResultSchema = z.union([
  z.object({ id: z.string(), status: z.union([z.literal(200), z.literal(202)]) }),
  z.object({ id: z.string(), status: z.number().int(), problem: problemSchema }),
]);
export type JobActionResult = z.infer<typeof jobActionResultSchema>;

/** Answer of `POST /v1/jobs/actions`: what came of each job of one page, the newest first. */
export const jobActionsResultSchema = z.object({
  doneCount: z.number().int(),
  refusedCount: z.number().int(),
  results: z.array(jobActionResultSchema),
  /** Pass as `cursor` to go on; null when there are no more jobs that match. */
  nextCursor: z.string().nullable(),
  /** Where the rate limit, or a Redis that cannot be asked for it, ended the page early: seconds until to go on. */
  retryAfterSeconds: z.number().int().min(1).optional(),
});
export type JobActionsResult = z.infer<typeof jobActionsResultSchema>;
