import { randomUUID } from 'node:crypto';
import {
  type AnyDecision,
  abandonUnasked,
  cancelUnasked,
  cleanUpUnasked,
  type RefreshFailed,
} from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type {
  ApplyResult,
  Claim,
  JobStore,
  PollFacts,
  WakeUpData,
  Yielding,
} from '@bulkwatch/store';
import { type Asked, type AskPorts, askProvider } from './ask-provider.js';
import { type Judged, type JudgePorts, judge } from './judge.js';
import type { Reader } from './reader.js';
import type { Reporter } from './reporter.js';
import { wholeDecision } from './whole-decision.js';

/** What becomes of the queue entry. */
export type NextWakeUp =
  | ({ readonly kind: 'again'; readonly delayMs: number } & Yielding)
  | { readonly kind: 'done' };

export interface PollJobPorts extends AskPorts, JudgePorts {
  readonly jobs: AskPorts['jobs'] &
    Pick<JobStore, 'claimPoll' | 'releaseClaim' | 'applyDecision' | 'collectedPages'>;
  readonly clock: Clock;
  readonly reader: Reader;
  readonly sendBudgetMs: number;
  readonly reporter: Reporter;
}

/** Signals of a worker that is stopping: first nothing new is sent, then what is in flight is cut off. */
export interface StopSignals {
  readonly sendNothing: AbortSignal;
  readonly cutOff: AbortSignal;
}

const nothingAsked: PollFacts = { method: null, durationMs: 0, verdict: 'unknown' };
const done: NextWakeUp = { kind: 'done' };
const again = (delayMs: number, { yields }: Yielding = {}): NextWakeUp => ({
  kind: 'again',
  delayMs,
  ...(yields ? { yields } : {}),
});

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
      return again(result.remainingMs, result);
    case 'claimed':
      if (result.claim.action === 'abandon') return endUnasked(ports, result.claim);
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

/** Nothing may be asked of the provider, and the time for it is up. */
async function endUnasked(ports: PollJobPorts, claim: Claim): Promise<NextWakeUp> {
  const applied = await ports.jobs.applyDecision(
    claim,
    await decideUnasked(ports, claim),
    nothingAsked,
  );
  ports.reporter.endedUnasked(claim, applied);
  return nextAfter(applied);
}

async function decideUnasked(ports: PollJobPorts, claim: Claim): Promise<AnyDecision> {
  const { claimedAt: now, job } = claim;
  if (job.refresh) return refreshUnasked;
  if (job.cleanUp) return cleanUpUnasked;
  if (job.cancelRequestedAt !== undefined) return cancelUnasked;
  const situation = { job, now, policy: ports.policy, dice: ports.dice() };
  return wholeDecision(ports, claim, { decision: abandonUnasked(situation), situation });
}

async function sendUnder(
  ports: PollJobPorts,
  claim: Claim,
  signals: StopSignals,
): Promise<NextWakeUp> {
  const requestId = randomUUID();
  const asked = await askProvider(ports, claim, { requestId, signal: signals.cutOff });
  const answeredAtMs = ports.clock.monotonicMs();
  // Cut off in the middle: the provider may have counted it, so the wait that was written ahead stands.
  if (asked.kind === 'failed' && asked.failure.reason === 'interrupted') return again(0);

  const judged = await judge(ports, claim, asked);
  const decision = await wholeDecision(ports, claim, judged);
  const facts = factsOf(claim, asked, judged);
  const applied = await ports.jobs.applyDecision(claim, decision, facts);
  const sinceAnswerMs = ports.clock.monotonicMs() - answeredAtMs;
  const { reading } = judged;
  ports.reporter.polled({ claim, requestId, reading, decision, facts, applied, sinceAnswerMs });
  return nextAfter(applied);
}

/** The end of a refresh for which nothing could be asked; the job keeps what it has. */
const refreshUnasked: RefreshFailed = { next: 'refresh-failed', reason: 'tracking-deadline' };

const factsOf = (
  claim: Claim,
  asked: Asked,
  { requestId, verdict, elsewhere }: Judged,
): PollFacts => ({
  method: claim.action === 'delete' ? 'DELETE' : 'GET',
  durationMs: asked.durationMs,
  verdict,
  ...(asked.kind === 'answered' ? { status: asked.response.status } : {}),
  ...(requestId !== undefined ? { requestId } : {}),
  ...(elsewhere ? { elsewhere } : {}),
});

const nextAfter = (applied: ApplyResult): NextWakeUp =>
  applied.kind === 'again'
    ? again(applied.delayMs, applied)
    : applied.kind === 'settled'
      ? done
      : again(0);
