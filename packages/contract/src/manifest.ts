import { z } from 'zod';

/**
 * One entry of `output`, `deleted`, `error` or `outcome` of a manifest. Unknown members are kept.
 * Bulk Data Access IG, "Response - Output Manifest" (STU1 to STU4 ballot).
 */
export const outputFileSchema = z.looseObject({
  type: z.string().nullish(),
  url: z.string(),
  count: z.number().nullish(),
});
export type OutputFile = z.infer<typeof outputFileSchema>;

/**
 * A manifest read open-world: four generations of the IG are in the field and are not compatible, so only
 * what a tracker needs is checked and everything else is passed through. The raw bytes are kept beside it.
 * `error` (v1 to v3) was renamed `outcome` in v4; `request` is gone in v4; `output` was missing in old
 * builds of LinuxForHealth, which is read as empty. Servers in Go or .NET write null for what they have not.
 */
export const manifestSchema = z.looseObject({
  transactionTime: z.string().nullish(),
  request: z.string().nullish(),
  requiresAccessToken: z.union([z.boolean(), z.string()]).nullish(),
  output: z.array(outputFileSchema).nullish(),
  deleted: z.array(outputFileSchema).nullish(),
  error: z.array(outputFileSchema).nullish(),
  outcome: z.array(outputFileSchema).nullish(),
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
