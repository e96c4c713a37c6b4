import type { z } from 'zod';
import type { ProviderPreset } from '../presets/provider-preset.js';
import type { ReadingRoom } from './bodies/weigh-json.js';
import type { PollMemory } from './poll-memory.js';
import type { StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';
import type { DeleteReading } from './statuses/read-delete-response.js';

/** What a request is made from. */
export interface PolledJob {
  readonly statusUrl: string;
  readonly memory: PollMemory;
}

/** A request to a provider, but for what the sender adds: authorization, request id, user agent. */
export interface ProviderRequest {
  readonly method: 'GET' | 'DELETE' | 'PATCH' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What an answer is read against. */
export interface ReadingContext {
  readonly preset: ProviderPreset;
  readonly memory: PollMemory;
  /** The URL that was asked: relative ones in the answer are relative to it. */
  readonly url: string;
  /** The status URL, or where it has moved for good. */
  readonly statusUrl: string;
  /** What reading a body may take; enough for a manifest of 64 MiB where absent. */
  readonly room?: ReadingRoom;
}

/**
 * A way to ask how an export is going and to understand the answer. Pure, and all that the house knows of a
 * protocol: one more is a folder beside `fhir-bulk` and a line in `protocols`.
 */
export interface StatusProtocol {
  /** One line for the documentation. */
  readonly meaning: string;
  /** What a preset may say under `options`. */
  readonly options: z.ZodType;
  statusRequest(job: PolledJob, preset: ProviderPreset): ProviderRequest;
  /** Total: whatever was answered becomes a reading. */
  readStatus(response: StatusResponse, context: ReadingContext): StatusReading;
  /** The request that deletes or cancels the export. */
  deleteRequest(job: PolledJob, preset: ProviderPreset): ProviderRequest;
  readDelete(response: StatusResponse, context: ReadingContext): DeleteReading;
}
