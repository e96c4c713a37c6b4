import { applyDecision } from './apply-decision.js';
import { cancelJob, requestDelete } from './cancel-job.js';
import { claimPoll, releaseClaim, submittedToken } from './claim-poll.js';
import { readCollectedPages } from './collected-pages.js';
import { connect, type StoreRole } from './connection.js';
import { createDoorbell, type JobListener } from './doorbell.js';
import { readFleet } from './fleet-figures.js';
import type { JobStore } from './job-store.js';
import { listJobs, readJob, readManifest, readPolls } from './read-jobs.js';
import { RedisClock } from './redis-clock.js';
import { registerJob } from './register-job.js';
import { checkRequirements, type RequirementReport } from './requirements.js';
import { rescueOverdue } from './rescue-overdue.js';
import { createSealer, loadSealKeys } from './seal.js';
import { ask, type StoreContext, type StoreLimits } from './store-context.js';
import { redisNow, untilReady } from './until-ready.js';
import { createWakeUpQueue } from './wake-up-queue.js';

export interface StoreOptions {
  readonly redisUrl: string;
  readonly role: StoreRole;
  /** Longest wait for Redis at the start. */
  readonly connectTimeoutMs: number;
  readonly sealKeysFile?: string | undefined;
  readonly limits: StoreLimits;
  /** Told of troubles that nobody is waiting for, such as a lost connection. */
  readonly onProblem: (what: string, error: unknown) => void;
}

export interface Store {
  readonly jobs: JobStore;
  /** Whether submitted bearer tokens can be sealed here. */
  readonly canSeal: boolean;
  /** Asks Redis for a sign of life; for the api within a second. */
  ping(): Promise<void>;
  /** Redis's clock minus this host's, in ms. */
  clockSkewMs(): Promise<number>;
  requirements(): Promise<RequirementReport>;
  /** Calls `listener` with the id of every job that has an event. Returns how to stop it. */
  watchJobs(listener: JobListener): () => void;
  close(): Promise<void>;
}

/**
 * Opens the store. Throws RequirementsError when Redis cannot be reached in time, and SealKeysError when the
 * key file is wrong.
 */
export async function createStore(options: StoreOptions): Promise<Store> {
  const { redisUrl, role, onProblem, limits } = options;
  const sealer = options.sealKeysFile
    ? createSealer(await loadSealKeys(options.sealKeysFile))
    : undefined;
  const redis = connect(redisUrl, role, onProblem);
  const now = await untilReady(redis, options.connectTimeoutMs);
  const queue = createWakeUpQueue(redis);
  const doorbell = createDoorbell(redisUrl, onProblem);
  const context: StoreContext = {
    redis,
    queue,
    sealer,
    limits,
    onProblem,
    clock: new RedisClock(now),
  };

  return {
    jobs: createJobStore(context),
    canSeal: sealer !== undefined,
    ping: async () => void (await ask(redis.ping())),
    clockSkewMs: async () => (await redisNow(redis)) - Date.now(),
    requirements: () => checkRequirements(redis),
    watchJobs: (listener) => doorbell.listen(listener),
    async close() {
      const closing = Promise.allSettled([queue.close(), doorbell.close()]);
      // Not after that: without Redis, what is waiting for an answer would wait for ever.
      redis.disconnect();
      await closing;
    },
  };
}

function createJobStore(context: StoreContext): JobStore {
  return {
    register: (tenant, job) => registerJob(context, tenant, job),
    get: (tenant, jobId) => readJob(context, tenant, jobId),
    list: (tenant, filter, page) => listJobs(context, tenant, filter, page),
    manifest: (tenant, jobId) => readManifest(context, tenant, jobId),
    polls: (tenant, jobId) => readPolls(context, tenant, jobId),
    cancel: (tenant, jobId, { deleteAtProvider }) =>
      deleteAtProvider ? requestDelete(context, tenant, jobId) : cancelJob(context, tenant, jobId),
    claimPoll: (wakeUp, chance) => claimPoll(context, wakeUp, chance),
    releaseClaim: (claim) => releaseClaim(context, claim),
    applyDecision: (claim, decision, facts) => applyDecision(context, claim, decision, facts),
    collectedPages: (claim, exceptUrl) => readCollectedPages(context, claim, exceptUrl),
    submittedToken: (claim) => submittedToken(context, claim),
    rescueOverdue: (graceMs) => rescueOverdue(context, graceMs),
    fleet: (overdueToleranceMs) => readFleet(context, overdueToleranceMs),
  };
}
