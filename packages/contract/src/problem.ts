import { z } from 'zod';
import { type Reason, reasonNames } from './reasons.js';

/** RFC 9457 problem details, with our `reason` and the fields at fault. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  reason: z.enum(reasonNames as [Reason, ...Reason[]]),
  detail: z.string().optional(),
  instance: z.string().optional(),
  errors: z
    .array(
      z.object({
        /** JSON Pointer into the body (RFC 6901), or the name of the query parameter or header. */
        field: z.string(),
        message: z.string(),
      }),
    )
    .optional(),
});
export type Problem = z.infer<typeof problemSchema>;
