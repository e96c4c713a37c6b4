import { randomUUID } from 'node:crypto';
import {
  type Decision,
  decideAfterDelete,
  decideNextStep,
  readDeleteResponse,
  readStatusResponse,
  type StatusReading,
  type TrackingPolicy,
} from '@bulkwatch/core';
import type { Authorization, FetchOutcome, FetchStatus } from '@bulkwatch/egress';
import { type Clock, Secret } from '@bulkwatch/runtime';
import type { ApplyResult, Claim, JobStore, PollFacts, WakeUpData } from '@bulkwatch/store';
import type { Reporter } from './reporter.js';

/** What becomes of the queue entry. */
export type NextWakeUp =
  | { readonly kind: 'again'; readonly delayMs: number }
  | { readonly kind: 'done' };

export interface PollJobPorts {
  readonly jobs: Pick<JobStore, 'claimPoll' | 'releaseClaim' | 'applyDecision' | 'submittedToken'>;
  readonly fetchStatus: FetchStatus;
  readonly clock: Clock;
  readonly policy: TrackingPolicy;
  readonly sendBudgetMs: number;
  readonly reporter: Reporter;
  /** A number in [0, 1). */
  readonly dice: () => number;
}

/** Signals of a worker that is stopping: first nothing new is sent, then what is in flight is cut off. */
export interface StopSignals {
  readonly sendNothing: AbortSignal;
  readonly cutOff: AbortSignal;
}

/** What an answer was taken for, and what follows from it. */
export interface Judged {
  readonly decision: Decision;
  readonly reading?: StatusReading;
  /** The provider's id of the request. */
  readonly requestId?: string;
}

const done: NextWakeUp = { kind: 'done' };
const again = (delayMs: number): NextWakeUp => ({ kind: 'again', delayMs });

/**
 * One wake-up of one job: claim, ask, understand, judge, act. Rejects only when the store does; whatever the
 * provider does ends as a decision.
 */
export async function pollJob(
  ports: PollJobPorts,
  wakeUp: WakeUpData,
  signals: StopSignals,
): Promise<NextWakeUp> {
  const claimedFrom = ports.clock.monotonicMs();
  const result = await ports.jobs.claimPoll(wakeUp, { nonce: randomUUID(), dice: ports.dice() });
  ports.reporter.claimed(result);
  switch (result.kind) {
    case 'dropped':
      return done;
    case 'early':
      return again(result.remainingMs);
    case 'claimed':
      return mayStillSend(ports, claimedFrom, signals)
        ? sendUnder(ports, result.claim, signals)
        : handBack(ports, result.claim);
  }
}

/**
 * The send guard. The budget is measured on the monotonic clock from before the claim was sent: a process that
 * was paused meanwhile holds a claim that others have outlived, and must send nothing.
 */
function mayStillSend(ports: PollJobPorts, claimedFrom: number, signals: StopSignals): boolean {
  return (
    !signals.sendNothing.aborted && ports.clock.monotonicMs() - claimedFrom <= ports.sendBudgetMs
  );
}

async function handBack(ports: PollJobPorts, claim: Claim): Promise<NextWakeUp> {
  ports.reporter.abandonedClaim(claim);
  await ports.jobs.releaseClaim(claim);
  return again(0);
}

async function sendUnder(
  ports: PollJobPorts,
  claim: Claim,
  signals: StopSignals,
): Promise<NextWakeUp> {
  const requestId = randomUUID();
  const outcome = await request(ports, claim, requestId, signals.cutOff);
  // Cut off in the middle: the provider may have counted it, so the wait that was written ahead stands.
  if (outcome.kind === 'failed' && outcome.failure.reason === 'interrupted') return again(0);

  const judged = judge(ports, claim, outcome);
  const facts = factsOf(claim, outcome, judged);
  const applied = await ports.jobs.applyDecision(claim, judged.decision, facts);
  ports.reporter.polled({ claim, requestId, outcome, judged, facts, applied });
  return nextAfter(applied);
}

async function request(
  ports: PollJobPorts,
  claim: Claim,
  requestId: string,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const authorization = authorizationOf(ports, claim);
  if (authorization === undefined)
    return { kind: 'failed', failure: { reason: 'credential-missing' }, durationMs: 0 };
  return ports.fetchStatus({
    method: claim.action === 'delete' ? 'DELETE' : 'GET',
    url: claim.job.statusUrl,
    authorization,
    requestId,
    signal,
  });
}

/** Undefined when the submitted token cannot be opened here. */
function authorizationOf({ jobs }: PollJobPorts, claim: Claim): Authorization | undefined {
  if (claim.job.credential !== undefined) return { kind: 'credential', name: claim.job.credential };
  const submitted = jobs.submittedToken(claim);
  switch (submitted.kind) {
    case 'none':
      return { kind: 'none' };
    case 'opened':
      return { kind: 'bearer', token: new Secret(submitted.token) };
    case 'unopenable':
      return undefined;
  }
}

/**
 * Understands and judges. Instants are Redis's: this host's clock may be wrong, and a Retry-After that is a
 * date must not be read against it.
 */
function judge({ policy, dice }: PollJobPorts, claim: Claim, outcome: FetchOutcome): Judged {
  const { job } = claim;
  const now = Math.round(claim.claimedAt + outcome.durationMs);
  const judging = { job, now, policy, dice: dice() };
  if (claim.action === 'delete') {
    const cancelRequestedAt = job.cancelRequestedAt ?? now;
    if (outcome.kind === 'failed')
      return { decision: decideAfterDelete({ ...judging, outcome, cancelRequestedAt }) };
    const reading = readDeleteResponse({ ...outcome.response, receivedAt: now });
    const decision = decideAfterDelete({
      ...judging,
      outcome: { kind: 'read', reading },
      cancelRequestedAt,
    });
    return { decision, ...(reading.requestId ? { requestId: reading.requestId } : {}) };
  }
  if (outcome.kind === 'failed') return { decision: decideNextStep({ ...judging, outcome }) };
  const reading = readStatusResponse({ ...outcome.response, receivedAt: now });
  const decision = decideNextStep({ ...judging, outcome: { kind: 'read', reading } });
  return { decision, reading, ...(reading.requestId ? { requestId: reading.requestId } : {}) };
}

const factsOf = (claim: Claim, outcome: FetchOutcome, judged: Judged): PollFacts => ({
  method: claim.action === 'delete' ? 'DELETE' : 'GET',
  durationMs: outcome.durationMs,
  ...(outcome.kind === 'answered' ? { status: outcome.response.status } : {}),
  ...(judged.requestId !== undefined ? { requestId: judged.requestId } : {}),
});

const nextAfter = (applied: ApplyResult): NextWakeUp =>
  applied.kind === 'again' ? again(applied.delayMs) : applied.kind === 'settled' ? done : again(0);
