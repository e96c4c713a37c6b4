import type { Job } from '@bulkwatch/contract';
import { type ClientOptions, readOptions } from './connection.js';
import { type ControlCalls, createControlCalls } from './control-calls.js';
import { createDocumentCalls, type DocumentCalls } from './document-calls.js';
import { createJobCalls, type JobCalls } from './job-calls.js';
import { createProviderCalls, type ProviderCalls } from './provider-calls.js';
import { createSend } from './send.js';
import { createEventCalls, type EventCalls } from './sse/event-calls.js';
import { type WaitOptions, waitFor } from './wait-for.js';
import { createWebhookCalls, type WebhookCalls } from './webhook-calls.js';

/** The api of Bulkwatch. Calls that do not succeed reject with a BulkwatchError. */
export interface Client
  extends JobCalls,
    ControlCalls,
    ProviderCalls,
    WebhookCalls,
    EventCalls,
    DocumentCalls {
  /**
   * Waits until a job has settled and gives it, however it ended: look at its `state`. Outlasts restarts of the api.
   */
  waitFor(jobId: string, options?: WaitOptions): Promise<Job>;
}

/**
 * A client of the api. It holds no connection and needs no closing; functions may be taken off it.
 * Throws a TypeError where the options cannot be meant so.
 */
export function createClient(options: ClientOptions): Client {
  const connection = readOptions(options);
  const send = createSend(connection);
  const { timeoutMs } = connection;
  return {
    ...createJobCalls(send, connection),
    ...createControlCalls(send, connection),
    ...createProviderCalls(send),
    ...createWebhookCalls(send),
    ...createEventCalls(connection),
    ...createDocumentCalls(send),
    waitFor: (jobId, waitOptions) => waitFor({ send, timeoutMs }, jobId, waitOptions),
  };
}
