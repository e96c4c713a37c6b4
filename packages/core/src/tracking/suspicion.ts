import type { Reason } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import type { PollAgain, TrackedJob } from './decision.js';

/** The part of a tracked job that remembers hints at the end of the export. */
export type Suspicion = Pick<PollAgain, 'suspectReason' | 'suspectCount'>;

/** How many hints of this kind the job has had since its last clean answer or its last hint of another kind. */
export function suspectCountOf(job: TrackedJob, reason: Reason): number {
  return job.suspectReason === reason ? job.suspectCount : 0;
}

/** The job's suspicion with one hint more; a hint of another kind starts the count anew. */
export function suspectAgain(job: TrackedJob, reason: Reason): Suspicion {
  return { suspectReason: reason, suspectCount: suspectCountOf(job, reason) + 1 };
}

/** The job's suspicion as it was: what the answer said has nothing to do with it. */
export function suspicionOf({ suspectReason, suspectCount }: TrackedJob): Suspicion {
  return { suspectCount, ...defined({ suspectReason }) };
}
