import type { EngineDump } from './read-engine.js';

/** What is left in Redis after a run, as the checkers need it. */
export interface Dump {
  readonly jobs: ReadonlyMap<string, JobDump>;
  /** Jobs in the due index. */
  readonly due: readonly string[];
  /** State by job, as the state indexes have it; a job that is in several of them comes several times. */
  readonly indexed: readonly { readonly jobId: string; readonly state: string }[];
  readonly engine: EngineDump;
  /** The event stream, oldest first. */
  readonly events: readonly EventDump[];
  /** Requests that the gates believe to be under way, by origin. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** Open jobs as the providers count them, by origin. */
  readonly openJobs: Readonly<Record<string, number>>;
}

export interface JobDump {
  readonly id: string;
  readonly tenant: string;
  /** The export that it was registered for. */
  readonly exportId: string;
  readonly state: string;
  readonly health: string;
  readonly reason: string | null;
  /** Request ids of the answers that were recorded, from its timeline. */
  readonly recorded: readonly string[];
}

export interface EventDump {
  readonly entryId: string;
  readonly id: string;
  readonly type: string;
  /** The job. */
  readonly subject: string;
  /** Tells contents apart. */
  readonly digest: string;
}

/** Events that tell of a final state. */
export const finalTypes: ReadonlySet<string> = new Set(
  ['completed', 'failed', 'cancelled', 'abandoned'].map((word) => `bulkwatch.export.${word}`),
);
export const openStates: ReadonlySet<string> = new Set(['registered', 'in-progress']);
