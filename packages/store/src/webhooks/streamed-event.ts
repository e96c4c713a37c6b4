import type { DeliverableType } from '@bulkwatch/contract';
import { readTraceContext, type TraceContext } from '@bulkwatch/runtime';
import { tenantOfSource } from '../event-source.js';
import { present } from '../job-record.js';

/** An event of the stream, as far as it decides to whom it goes. */
export interface EventToDeliver {
  /** Id of its entry in the stream. */
  readonly entryId: string;
  readonly eventId: string;
  readonly tenant: string;
  readonly type: DeliverableType;
  /** The job that it tells of; undefined where it tells of none. */
  readonly jobId: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly trace?: TraceContext;
  /** The whole event, in JSON. */
  readonly json: string;
}

interface Envelope {
  readonly id: unknown;
  readonly source: unknown;
  readonly type: unknown;
  readonly subject: unknown;
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly data: {
    readonly job?: { readonly labels?: EventToDeliver['labels'] };
  };
}

/** Undefined where an entry is no event: whoever may write to Redis can add one, by hand too. */
export function readEvent(entryId: string, json: string): EventToDeliver | undefined {
  try {
    const { id, source, type, subject, data, ...more } = JSON.parse(json) as Envelope;
    const tenant = tenantOfSource(source);
    // The id goes into a header.
    if (typeof id !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(id)) return undefined;
    if (tenant === undefined || typeof type !== 'string' || typeof subject !== 'string')
      return undefined;
    return {
      entryId,
      eventId: id,
      tenant,
      type: type as DeliverableType,
      jobId: data.job ? subject : undefined,
      labels: data.job?.labels ?? {},
      ...present({ trace: readTraceContext(more.traceparent, more.tracestate) }),
      json,
    };
  } catch {
    return undefined;
  }
}

/** What is posted: the event as it is, or where it is too large, without the manifest and with where that is. */
export function bodyOf({ json, jobId }: Pick<EventToDeliver, 'json' | 'jobId'>, maxBytes: number) {
  if (Buffer.byteLength(json) <= maxBytes || jobId === undefined) return json;
  const { data, ...envelope } = JSON.parse(json) as { data: Record<string, unknown> };
  if (data['manifest'] === undefined) return json;
  const { manifest: _left, ...rest } = data;
  return JSON.stringify({ ...envelope, dataref: `/v1/jobs/${jobId}/manifest`, data: rest });
}
