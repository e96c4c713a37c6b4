import type { EventWord, FinalState } from '@bulkwatch/contract';
import type { JobRecord } from './job-store.js';
import { pauseJob, resumeJob } from './pause-job.js';
import { pollNow } from './poll-now.js';
import { refreshJob } from './refresh-job.js';
import { republishEvent } from './republish-event.js';
import type { StoreContext } from './store-context.js';

/** Why something could not be done with a job. */
export type ControlRefusal =
  | { readonly why: 'not-found' | 'already-settled' | 'not-settled' | 'paused' }
  | { readonly why: 'not-completed' }
  /** The provider was sent, or is to be sent, the delete request that follows the acknowledgement. */
  | { readonly why: 'deleted' }
  /** The token that was submitted with the job is gone, and no other was given. */
  | { readonly why: 'no-token' }
  /** The provider asked to be left alone until an instant, epoch ms by Redis's clock. */
  | { readonly why: 'early'; readonly until: number; readonly remainingMs: number }
  /** The seal key of the manifest is not on this process's ring. */
  | { readonly why: 'sealed'; readonly keyId: string };

export type ControlResult =
  /** As it was asked, now or before; `event` is what subscribers were told of it, if they were. */
  | { readonly kind: 'done'; readonly job: JobRecord; readonly event?: EventWord }
  | ({ readonly kind: 'refused' } & ControlRefusal);

export type RepublishResult =
  | { readonly kind: 'done'; readonly job: JobRecord; readonly event: FinalState }
  | Exclude<ControlResult, { readonly kind: 'done' }>;

/** How soon after a poll of a job the next one may follow by its preset, in ms; 0 where that does not say. */
export type PresetFloor = (job: JobRecord) => number;

/** What an operator does with single jobs. Repeating it is harmless. */
export interface JobControl {
  /** Keeps a job from being polled until it is resumed; its deadline goes on running. `by` says who asks. */
  pause(tenant: string, jobId: string, by: string): Promise<ControlResult>;
  /** Ends a pause. What came due meanwhile is due now. */
  resume(tenant: string, jobId: string): Promise<ControlResult>;
  /**
   * Makes a job due as soon as the floor lets it. `force` passes the provider's Retry-After, its open circuit and the
   * floor of the preset, once.
   */
  pollNow(
    tenant: string,
    jobId: string,
    options: { readonly force: boolean; readonly presetFloorMs?: PresetFloor },
  ): Promise<ControlResult>;
  /** Has a completed job polled again for fresh links. `bearerToken` is in clear only in this argument. */
  refresh(
    tenant: string,
    jobId: string,
    options: { readonly bearerToken: string | undefined; readonly presetFloorMs?: PresetFloor },
  ): Promise<ControlResult>;
  /** Tells the event of a settled job again, under the id that it had. */
  republish(tenant: string, jobId: string): Promise<RepublishResult>;
}

const noFloor: PresetFloor = () => 0;

export const createJobControl = (context: StoreContext): JobControl => ({
  pause: (tenant, jobId, by) => pauseJob(context, tenant, { jobId, by }),
  resume: (tenant, jobId) => resumeJob(context, tenant, jobId),
  pollNow: (tenant, jobId, options) =>
    pollNow(context, tenant, { presetFloorMs: noFloor, jobId, ...options }),
  refresh: (tenant, jobId, options) =>
    refreshJob(context, tenant, { presetFloorMs: noFloor, jobId, ...options }),
  republish: (tenant, jobId) => republishEvent(context, tenant, jobId),
});
