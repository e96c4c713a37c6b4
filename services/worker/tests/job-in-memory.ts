import type { JobState } from '@bulkwatch/contract';
import {
  type AnyDecision,
  builtInPresets,
  type Complete,
  type ExportHistory,
  type PollAgain,
} from '@bulkwatch/core';
import type { Claim, ClaimedJob } from '@bulkwatch/store';
import type { ManualClock } from '@bulkwatch/testkit';
import type { PollJobPorts } from '../src/poll-job.js';

/** One tracked job as the store would keep it, without Redis, in the time of a manual clock. */
export interface JobInMemory {
  readonly jobs: PollJobPorts['jobs'];
  /** From now on claims are for delete requests. */
  cancel(): void;
  readonly state: JobState;
  /** Every decision that was applied, the first one first. */
  readonly decisions: readonly AnyDecision[];
}

const ends = {
  complete: 'completed',
  fail: 'failed',
  cancel: 'cancelled',
  abandon: 'abandoned',
  refreshed: 'completed',
  'refresh-failed': 'completed',
  'cleaned-up': 'completed',
  'clean-up-failed': 'completed',
} as const;

export function jobInMemory(
  {
    statusUrl,
    preset,
    protocol = builtInPresets.get(preset)?.protocol ?? '',
    history,
  }: {
    readonly statusUrl: string;
    readonly preset: string;
    readonly protocol?: string;
    /** What is known of the exports of its provider. */
    readonly history?: ExportHistory;
  },
  clock: ManualClock,
): JobInMemory {
  let cancelRequestedAt: number | undefined;
  let state: JobState = 'registered';
  let job: ClaimedJob = {
    tenant: 'default',
    statusUrl,
    protocol,
    preset,
    provider: new URL(statusUrl).origin,
    credential: 'simulator',
    state: 'registered',
    deadlineAt: clock.now() + 30 * 86_400_000,
    failureCount: 0,
    backoffCount: 0,
    suspectCount: 0,
    memory: {},
  };
  const pages = new Map<string, Uint8Array>();
  const decisions: AnyDecision[] = [];
  const keep = ({ page }: Pick<Complete, 'page'>): void => {
    if (page && !pages.has(page.url)) pages.set(page.url, page.bytes);
  };
  const claim = (): Claim => ({
    jobId: 'j1',
    epoch: decisions.length + 1,
    nonce: `n${decisions.length}`,
    wake: 1,
    action: cancelRequestedAt === undefined ? 'poll' : 'delete',
    claimedAt: clock.now(),
    dueAt: clock.now(),
    job: { ...job, ...(cancelRequestedAt === undefined ? {} : { cancelRequestedAt }) },
    ...(history === undefined ? {} : { history }),
  });

  return {
    jobs: {
      claimPoll: async () => ({ kind: 'claimed', claim: claim() }),
      releaseClaim: async () => undefined,
      submittedToken: () => ({ kind: 'none' }),
      collectedPages: async (_claim, exceptUrl) => ({
        kind: 'opened',
        pages: [...pages].flatMap(([url, page]) => (url === exceptUrl ? [] : [page])),
      }),
      async applyDecision(_claim, decision) {
        decisions.push(decision);
        if (decision.next !== 'poll-again') {
          state = ends[decision.next];
          if (decision.next === 'complete') keep(decision);
          return { kind: 'settled', state, told: [] };
        }
        keep(decision);
        if (decision.inProgress) state = 'in-progress';
        job = afterwards(job, decision, clock.now());
        return { kind: 'again', delayMs: decision.delayMs, told: [] };
      },
    },
    cancel() {
      cancelRequestedAt = clock.now();
    },
    get state() {
      return state;
    },
    decisions,
  };
}

/** The job as the store would give it to the next claim. */
function afterwards(job: ClaimedJob, decision: PollAgain, now: number): ClaimedJob {
  const {
    health,
    progressPercent,
    failureCount,
    failingSince,
    backoffCount,
    suspectReason,
    suspectCount,
  } = decision;
  const members = {
    ...job,
    state: decision.inProgress ? 'in-progress' : job.state,
    progress: decision.progress ?? job.progress,
    progressPercent: decision.progress === undefined ? job.progressPercent : progressPercent,
    movedAt: decision.movedAt ?? job.movedAt,
    stalledAt: stalledAfter(job, decision, now),
    percentFrom: decision.percentFrom ?? job.percentFrom,
    percentFromAt: decision.percentFromAt ?? job.percentFromAt,
    memory: decision.memory ?? job.memory,
    health: decision.saysNothing ? job.health : health,
    failureCount,
    failingSince,
    backoffCount,
    suspectReason,
    suspectCount,
  };
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as ClaimedJob;
}

function stalledAfter(
  job: ClaimedJob,
  { movedAt, stalled }: PollAgain,
  now: number,
): number | undefined {
  if (movedAt !== undefined) return undefined;
  return stalled ? now : job.stalledAt;
}
