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
  expiring: {
    type: 'bulkwatch.export.expiring',
    settles: false,
    optIn: null,
    meaning:
      'The files of a completed export expire soon, and the job has not been acknowledged. Told once for each threshold.',
  },
  expired: {
    type: 'bulkwatch.export.expired',
    settles: false,
    optIn: null,
    meaning: 'The files of a completed export have expired; the manifest can still be read.',
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
