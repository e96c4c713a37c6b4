import { acknowledgeJob } from './acknowledge-job.js';
import { amendJob } from './amend-job.js';
import { applyDecision } from './apply-decision.js';
import { cancelJob, requestDelete } from './cancel-job.js';
import { claimPoll, releaseClaim, submittedToken } from './claim-poll.js';
import { readCollectedPages } from './collected-pages.js';
import { readFleet } from './fleet/fleet-figures.js';
import { mendHealthPage } from './fleet/health-index.js';
import { createJobControl } from './job-control.js';
import type { JobStore } from './job-store.js';
import { presentJobs } from './present-jobs.js';
import { listJobs, readJob, readManifest, readPolls } from './read-jobs.js';
import { registerJob } from './register-job.js';
import { rescueOverdue } from './rescue-overdue.js';
import type { StoreContext } from './store-context.js';
import { tellExpiries } from './tell-expiries.js';
import { tendSettled } from './tend-settled.js';

/** The transitions and reads of jobs, on what the parts of the store share. */
export function createJobStore(context: StoreContext): JobStore {
  return {
    register: (tenant, job) => registerJob(context, tenant, job),
    get: (tenant, jobId) => readJob(context, tenant, jobId),
    list: (tenant, filter, page) => listJobs(context, tenant, filter, page),
    manifest: (tenant, jobId) => readManifest(context, tenant, jobId),
    polls: (tenant, jobId) => readPolls(context, tenant, jobId),
    cancel: (tenant, jobId, { deleteAtProvider }) =>
      deleteAtProvider ? requestDelete(context, tenant, jobId) : cancelJob(context, tenant, jobId),
    ...createJobControl(context),
    present: (records) => presentJobs(context, records),
    amend: (tenant, jobId, amendment) => amendJob(context, tenant, { jobId, amendment }),
    acknowledge: (tenant, jobId, options) => acknowledgeJob(context, tenant, { jobId, ...options }),
    claimPoll: (wakeUp, chance) => claimPoll(context, wakeUp, chance),
    releaseClaim: (claim, waitMs) => releaseClaim(context, claim, waitMs),
    applyDecision: (claim, decision, facts) => applyDecision(context, claim, decision, facts),
    collectedPages: (claim, exceptUrl) => readCollectedPages(context, claim, exceptUrl),
    submittedToken: (claim) => submittedToken(context, claim),
    rescueOverdue: (graceMs) => rescueOverdue(context, graceMs),
    tellExpiries: (onTold) => tellExpiries(context, onTold),
    tendSettled: (options) => tendSettled(context, options),
    fleet: (overdueToleranceMs) => readFleet(context, overdueToleranceMs),
    mendHealth: (from) => mendHealthPage(context, from),
  };
}
