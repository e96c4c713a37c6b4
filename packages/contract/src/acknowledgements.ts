import { z } from 'zod';
import { type Reason, reasonNames } from './reasons.js';

const instant = z.iso.datetime({ offset: true });

/** How many subscribers, and how long their names; names are those of credentials. */
export const subscriberLimits = {
  name: 64,
  requiredCount: 16,
  /** Acknowledgements that are kept of subscribers that are not required. */
  otherCount: 16,
} as const;

/** Name that a subscriber gives itself. */
export const subscriberSchema = z
  .string()
  .min(1)
  .max(subscriberLimits.name)
  .regex(/^[A-Za-z0-9._-]+$/, 'takes letters, digits and . _ -');

/** The subscribers that a job waits for; without any, the first acknowledgement by anybody is enough. */
export const requiredSubscribersSchema = z
  .array(subscriberSchema)
  .max(subscriberLimits.requiredCount)
  .refine((names) => new Set(names).size === names.length, { message: 'names one twice' });

/** That a subscriber has what it wants of a completed job. */
export const acknowledgementSchema = z.object({
  subscriber: z.string(),
  at: instant,
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** What a job says of its acknowledgement, and of the delete request that may follow. */
export const acknowledgedShape = {
  /** Who has what it wants of the completed job, in the order in which they said so. */
  acknowledgements: z.array(acknowledgementSchema),
  /** Since when nobody is waited for any more: all that are required have acknowledged, or anybody where none is. */
  acknowledgedAt: instant.nullable(),
  requiredSubscribers: z.array(z.string()),
  /** Whether the provider is sent a delete request once the job is acknowledged. */
  deleteOnAcknowledge: z.boolean(),
  /** When the provider took that request, or said that there is nothing to delete any more. */
  deletedAtProviderAt: instant.nullable(),
  /** Why it could not be sent, or was not taken; null while it is tried. */
  deleteReason: z.enum(reasonNames as [Reason, ...Reason[]]).nullable(),
};
