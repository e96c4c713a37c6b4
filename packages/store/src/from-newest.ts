import type { JobRecord } from './job-store.js';
import { readJob } from './read-jobs.js';
import type { StoreContext } from './store-context.js';

/** A record changes with every poll, but no job is polled that often. */
const triesMax = 10;

/**
 * Does something to a job that is worked out from its record, and again from the newer one where the record changed
 * meanwhile: then `attempt` gives undefined. Undefined where there is no such job.
 */
export async function fromNewest<T extends object>(
  context: StoreContext,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  attempt: (job: JobRecord) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const job = await readJob(context, tenant, jobId);
    if (!job) return undefined;
    const done = await attempt(job);
    if (done) return done;
  }
  throw new Error(`job ${jobId} changed ${triesMax} times while something was being done to it`);
}
