import { type EventWord, type ExportEvent, eventChannel, events } from '@bulkwatch/contract';
import { eventSource } from './event-source.js';
import type { JobRecord } from './job-store.js';
import { type EstimateBasis, presentJob } from './present-job.js';

interface Occurrence {
  readonly word: EventWord;
  /** The job as it is after the change. */
  readonly job: JobRecord;
  /** What makes the id of this occurrence unique among the job's events: the same on every retry. */
  readonly occurrence: string | number;
  readonly at: number;
  /** How long exports of the provider take, where that is known. */
  readonly history?: EstimateBasis['history'];
  /** What the event says besides the job. */
  readonly says?: Pick<ExportEvent['data'], 'stall' | 'expiry' | 'previousHealth'>;
  /** In JSON, and put in as it is, so that what the provider wrote is what subscribers read. */
  readonly manifest?: string;
  /** The manifest is without what may be a signature in its URLs. */
  readonly urlsMasked?: boolean;
  /** The event says where the manifest is instead of carrying it. */
  readonly refersToManifest?: boolean;
  /** So does one that were larger than this with it. */
  readonly bytesMax?: number;
}

/** An event as it goes into the stream, and the channel that rings the doorbell. */
export interface ComposedEvent {
  readonly word: EventWord;
  readonly json: string;
  readonly channel: string;
}

/** Makes a CloudEvent, in JSON, of something that happened to a job. */
export function composeEvent(occurrence: Occurrence): ComposedEvent {
  const { word, bytesMax = Number.POSITIVE_INFINITY } = occurrence;
  const whole = jsonOf(occurrence);
  const json =
    Buffer.byteLength(whole) > bytesMax
      ? jsonOf({ ...withoutManifest(occurrence), refersToManifest: true })
      : whole;
  return { word, json, channel: eventChannel(word) };
}

const withoutManifest = ({ manifest: _manifest, ...others }: Occurrence): Occurrence => others;

function jsonOf(occurrence: Occurrence): string {
  const { word, job, at, history, says, manifest, urlsMasked, refersToManifest } = occurrence;
  const envelope = JSON.stringify({
    specversion: '1.0',
    id: `${job.id}.${word}.${occurrence.occurrence}`,
    source: eventSource(job.tenant),
    type: events[word].type,
    subject: job.id,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    ...(refersToManifest ? { dataref: `/v1/jobs/${job.id}/manifest` } : {}),
    ...job.trace,
  });
  const data = JSON.stringify({ job: presentJob(job, { now: at, history }), ...says });
  const withManifest = manifest === undefined ? data : withMember(data, 'manifest', manifest);
  const whole = urlsMasked ? withMember(withManifest, 'urlsMasked', 'true') : withManifest;
  return withMember(envelope, 'data', whole);
}

/** Adds a member whose value is JSON already to the JSON text of an object that is not empty. */
function withMember(object: string, name: string, json: string): string {
  return `${object.slice(0, -1)},${JSON.stringify(name)}:${json}}`;
}
