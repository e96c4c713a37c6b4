import { z } from 'zod';
import { type EventType, events, eventWords } from './events.js';
import { jobSchema } from './jobs.js';
import { manifestSchema } from './manifest.js';
import { pollHealths } from './states.js';

/** CloudEvents 1.0, JSON format. `id` is stable per occurrence; `subject` is the job's id. */
export const exportEventSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.enum(eventWords.map((word) => events[word].type) as [EventType, ...EventType[]]),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /**
   * Where the manifest is when it is not inline, because it is too large, may hold clinical data, or has URLs with
   * a query or user-info, which may be signed (CloudEvents `dataref` extension).
   */
  dataref: z.string().optional(),
  /**
   * Where the registration of the job stands in a distributed trace: the caller's W3C `traceparent`, or where tracing is
   * on that of our own span which continues it (CloudEvents extension "distributed tracing").
   */
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
  /** The caller's W3C `tracestate`, beside that. */
  tracestate: z.string().max(512).optional(),
  data: z.object({
    /** The job as `GET /v1/jobs/{id}` shows it at that moment, its status URL's query masked. */
    job: jobSchema,
    /**
     * On `completed` the manifest as the provider sent it, pages merged, unless `dataref` is given; on
     * `partial` its new entries only.
     */
    manifest: manifestSchema.optional(),
    /**
     * Set on `partial` where URLs in `manifest` are shown without their query (as `?…`) and user-info, because they
     * may be signed. The whole ones come with the manifest of the completed job.
     */
    urlsMasked: z.literal(true).optional(),
    /** On `stalled`: since when nothing has moved, and how long a standstill of this export may be, in seconds. */
    stall: z.object({ since: z.iso.datetime(), thresholdSeconds: z.number() }).optional(),
    /**
     * On `expiring` and `expired`: when the files expire, whether that is the preset's word and not the provider's, and
     * how far off it was. `thresholdSeconds` is the one that was passed, of `expiring` only.
     */
    expiry: z
      .object({
        expiresAt: z.iso.datetime(),
        assumed: z.boolean(),
        remainingSeconds: z.number().min(0),
        thresholdSeconds: z.number().optional(),
      })
      .optional(),
    /** On `health-changed`: the health before. The new one, its `healthSince` and `reason` are those of `job`. */
    previousHealth: z.enum(pollHealths).optional(),
  }),
});
export type ExportEvent = z.infer<typeof exportEventSchema>;
