import { z } from 'zod';

/**
 * One entry of `output`, `deleted`, `error` or `outcome` of a manifest. Unknown members are kept.
 * Bulk Data Access IG, "Response - Output Manifest" (STU1 to STU4 ballot).
 */
export const outputFileSchema = z.looseObject({
  type: z.string().optional(),
  url: z.string(),
  count: z.number().optional(),
});
export type OutputFile = z.infer<typeof outputFileSchema>;

/**
 * A manifest read open-world: four generations of the IG are in the field and are not compatible, so only
 * what a tracker needs is checked and everything else is passed through. The raw bytes are kept beside it.
 * `error` (v1 to v3) was renamed `outcome` in v4; `request` is gone in v4; `output` was missing in old
 * builds of LinuxForHealth, which is read as empty.
 */
export const manifestSchema = z.looseObject({
  transactionTime: z.string().optional(),
  request: z.string().optional(),
  requiresAccessToken: z.union([z.boolean(), z.string()]).optional(),
  output: z.array(outputFileSchema).optional(),
  deleted: z.array(outputFileSchema).optional(),
  error: z.array(outputFileSchema).optional(),
  outcome: z.array(outputFileSchema).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a job says of its manifest without carrying it. */
export const manifestSummarySchema = z.object({
  outputCount: z.number().int(),
  errorCount: z.number().int(),
  transactionTime: z.string().nullable(),
  bytes: z.number().int(),
});
export type ManifestSummary = z.infer<typeof manifestSummarySchema>;
