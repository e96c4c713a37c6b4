import { z } from 'zod';
import { jobSchema } from './jobs.js';
import { manifestSchema } from './manifest.js';
import { pollHealths } from './states.js';
import { defaultTenant } from './tenants.js';

interface EventRow {
  readonly type: string;
  readonly settles: boolean;
  readonly optIn: string | null;
  readonly meaning: string;
}

/**
 * The one table of events. A key is the last word of the type, which also names the pub/sub channel.
 * `settles` marks the events that tell of a final state; `optIn` names the setting without which an event is not told.
 */
export const events = {
  registered: {
    type: 'bulkwatch.export.registered',
    settles: false,
    optIn: null,
    meaning: 'A status URL is being tracked.',
  },
  progressed: {
    type: 'bulkwatch.export.progressed',
    settles: false,
    optIn: null,
    meaning: 'The provider says that it works on the export, or its X-Progress changed.',
  },
  partial: {
    type: 'bulkwatch.manifest.partial',
    settles: false,
    optIn: null,
    meaning:
      'Files are ready before the manifest is whole; only those not told of before are listed.',
  },
  completed: {
    type: 'bulkwatch.export.completed',
    settles: true,
    optIn: null,
    meaning:
      'The export is complete; the manifest is here. Told again, with another `job.manifestVersion`, when fresh links came.',
  },
  failed: {
    type: 'bulkwatch.export.failed',
    settles: true,
    optIn: null,
    meaning: 'The provider says that the export failed, or is gone.',
  },
  cancelled: {
    type: 'bulkwatch.export.cancelled',
    settles: true,
    optIn: null,
    meaning: 'Tracking was stopped through the API, or the export was cancelled at the provider.',
  },
  abandoned: {
    type: 'bulkwatch.export.abandoned',
    settles: true,
    optIn: null,
    meaning: 'The deadline passed; the export may still run.',
  },
  stalled: {
    type: 'bulkwatch.export.stalled',
    settles: false,
    optIn: null,
    meaning:
      'The export has made no progress for longer than is usual. Told once in a standstill; movement ends it.',
  },
  'health-changed': {
    type: 'bulkwatch.export.health-changed',
    settles: false,
    optIn: 'BULKWATCH_HEALTH_EVENTS',
    meaning:
      'Polling goes better or worse than before, or an operator paused or resumed it; the export need not.',
  },
} as const satisfies Record<string, EventRow>;
export type EventWord = keyof typeof events;
export type EventType = (typeof events)[EventWord]['type'];
export const eventWords = Object.keys(events) as EventWord[];

/** Redis stream that is the contract: field `event` holds one CloudEvent as JSON. */
export const eventStream = '{bulkwatch}:events';
/**
 * Redis stream with the events of one tenant alone, entries like those of the whole stream: what its subscribers
 * may be allowed to read. The default tenant has none of its own, since a house without tenants has one stream.
 */
export const tenantEventStream = (tenant: string): string =>
  tenant === defaultTenant ? eventStream : `${eventStream}:${tenant}`;
/** Pub/sub channel on which the same JSON is published as a doorbell; at most once, by nature of pub/sub. */
export const eventChannel = (word: EventWord): string => `bulkwatch:events:${word}`;
/** Pattern for all of those channels. */
export const eventChannelPattern = 'bulkwatch:events:*';

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
    /** On `health-changed`: the health before. The new one, its `healthSince` and `reason` are those of `job`. */
    previousHealth: z.enum(pollHealths).optional(),
  }),
});
export type ExportEvent = z.infer<typeof exportEventSchema>;
