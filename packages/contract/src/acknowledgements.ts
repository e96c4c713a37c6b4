import { z } from 'zod';

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
  at: z.iso.datetime({ offset: true }),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;
