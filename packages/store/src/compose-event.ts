import { type EventWord, eventChannel, events } from '@bulkwatch/contract';
import type { JobRecord } from './job-store.js';
import { presentJob } from './present-job.js';

interface Occurrence {
  readonly word: EventWord;
  /** The job as it is after the change. */
  readonly job: JobRecord;
  /** What makes the id of this occurrence unique among the job's events: the same on every retry. */
  readonly occurrence: string | number;
  readonly at: number;
  readonly manifest?: Uint8Array;
  /** A manifest beyond this size is referred to instead of included. */
  readonly manifestMaxBytes?: number;
}

/**
 * One event as it goes into the stream: a CloudEvent in JSON, and the channel that rings the doorbell.
 * The manifest's bytes are put in as they came, so that what the provider wrote is what subscribers read.
 */
export function composeEvent(occurrence: Occurrence): { json: string; channel: string } {
  const { word, job, manifest } = occurrence;
  const inline =
    manifest !== undefined && manifest.byteLength <= (occurrence.manifestMaxBytes ?? 0);
  const envelope = JSON.stringify({
    specversion: '1.0',
    id: `${job.id}.${word}.${occurrence.occurrence}`,
    source: `/bulkwatch/tenants/${encodeURIComponent(job.tenant)}`,
    type: events[word].type,
    subject: job.id,
    time: new Date(occurrence.at).toISOString(),
    datacontenttype: 'application/json',
    ...(manifest !== undefined && !inline ? { dataref: `/v1/jobs/${job.id}/manifest` } : {}),
  });
  const data = JSON.stringify({ job: presentJob(job, { masked: true }) });
  const withManifest = inline
    ? withMember(data, 'manifest', Buffer.from(manifest).toString('utf8'))
    : data;
  return { json: withMember(envelope, 'data', withManifest), channel: eventChannel(word) };
}

/** Adds a member whose value is JSON already to the JSON text of an object that is not empty. */
function withMember(object: string, name: string, json: string): string {
  return `${object.slice(0, -1)},${JSON.stringify(name)}:${json}}`;
}
