import type { Job } from '@bulkwatch/contract';
import type { JobRecord, JobStore } from '@bulkwatch/store';
import type { Response } from 'express';
import { etagOf } from './etag.js';

/** One job as the API shows it. Rejects with StoreUnavailableError when Redis is not there to say the rest. */
export async function presented(jobs: Pick<JobStore, 'present'>, job: JobRecord): Promise<Job> {
  const [shown] = await jobs.present([job]);
  return shown as Job;
}

/** Answers with a job and its entity tag. Rejects as `presented` does. */
export async function sendJob(
  response: Response,
  jobs: Pick<JobStore, 'present'>,
  job: JobRecord,
): Promise<void> {
  const shown = await presented(jobs, job);
  response.set('ETag', etagOf(job.version, shown)).json(shown);
}
