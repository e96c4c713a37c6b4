import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDice, anyInstant, anyJob, anyOutcome, anyPolicy } from '../../tests/arbitraries.js';
import type { StatusReading } from '../protocol/status-reading.js';
import { decideNextStep } from './decide-next-step.js';
import type { CompletePages, Decision, PollAgain, RequestOutcome, TrackedJob } from './decision.js';
import { defaultPolicy } from './policy.js';

const now = Date.UTC(2025, 5, 1, 12);
const minutes = 60_000;
const trackedJob: TrackedJob = {
  state: 'in-progress',
  movedAt: now - minutes,
  deadlineAt: now + 60 * minutes,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  memory: {},
};
const inProgress: StatusReading = { kind: 'in-progress', retryAfter: { delayMs: 600_000 } };
const notFound: StatusReading = {
  kind: 'export-failed',
  retryAfter: {},
  reason: 'export-unknown',
  confirmations: 2,
};
const ambiguous: StatusReading = {
  kind: 'poll-failed',
  retryAfter: {},
  reason: 'provider-error',
  health: 'provider-error',
  budget: { tries: 3, windowMs: 10 * minutes, reason: 'export-failed' },
};

interface Case {
  readonly reading: StatusReading;
  readonly job?: Partial<TrackedJob>;
  readonly at?: number;
  readonly dice?: number;
}

function decide({ reading, job, at = now, dice = 0 }: Case): Decision | CompletePages {
  const outcome = { kind: 'read', reading } as const;
  return decideNextStep({
    job: { ...trackedJob, ...job },
    outcome,
    now: at,
    policy: defaultPolicy,
    dice,
  });
}

/** What the job is after a decision to poll it again, as the store would keep it. */
function afterwards(job: TrackedJob, decision: Decision | CompletePages): TrackedJob {
  if (decision.next !== 'poll-again') throw new Error(`unexpected ${decision.next}`);
  const { failureCount, failingSince, backoffCount, suspectReason, suspectCount } = decision;
  return {
    state: decision.inProgress ? 'in-progress' : job.state,
    deadlineAt: job.deadlineAt,
    failureCount,
    backoffCount,
    suspectCount,
    memory: decision.memory ?? job.memory,
    ...(failingSince !== undefined && { failingSince }),
    ...(suspectReason !== undefined && { suspectReason }),
  };
}

describe('after a clean in-progress answer', () => {
  it('polls again exactly when Retry-After says, whatever the dice', () => {
    expect(decide({ reading: inProgress, dice: 0.99 })).toMatchObject({ delayMs: 600_000 });
  });

  it('backs off on its own, with jitter, without a Retry-After', () => {
    const bare: StatusReading = { kind: 'in-progress', retryAfter: {} };

    expect(decide({ reading: bare, dice: 0.5 })).toMatchObject({ delayMs: 5250, backoffCount: 1 });
    expect(decide({ reading: bare, job: { backoffCount: 1 } })).toMatchObject({ delayMs: 8000 });
  });

  it('forgets failures and suspicions', () => {
    const job = {
      failureCount: 9,
      failingSince: now - minutes,
      backoffCount: 7,
      suspectReason: 'export-unknown',
      suspectCount: 2,
    } as const;

    expect(decide({ reading: inProgress, job })).toStrictEqual({
      next: 'poll-again',
      delayMs: 600_000,
      requestedDelayMs: 600_000,
      health: 'ok',
      inProgress: true,
      progressed: false,
      failureCount: 0,
      backoffCount: 0,
      suspectCount: 0,
      anomalies: [],
    });
  });

  it.each([
    ['leaves registered', 'registered', undefined, undefined, true],
    ['tells its first progress', 'in-progress', undefined, '5%', true],
    ['tells other progress', 'in-progress', '5%', '3%', true],
    ['tells the same progress', 'in-progress', '5%', '5%', false],
    ['tells no progress any more', 'in-progress', '5%', undefined, false],
  ] as const)('a job that %s', (_what, state, before, progress, progressed) => {
    const reading: StatusReading = { ...inProgress, ...(progress && { progress }) };
    const job = { state, ...(before && { progress: before }) };

    expect(decide({ reading, job })).toMatchObject({ progressed });
  });
});

describe('after a verdict', () => {
  it('asks for confirmations, spaced further and further apart, before it believes', () => {
    let job = trackedJob;
    const delays: number[] = [];
    for (const _confirmation of [1, 2]) {
      const decision = decide({ reading: notFound, job });
      job = afterwards(job, decision);
      delays.push((decision as PollAgain).delayMs);
    }

    expect(delays).toEqual([30_000, 60_000]);
    expect(decide({ reading: notFound, job })).toStrictEqual({
      next: 'fail',
      reason: 'export-unknown',
    });
  });

  it('counts confirmations over failed polls in between, but not over a clean answer', () => {
    const suspected = { suspectReason: 'export-unknown', suspectCount: 2 } as const;
    const { budget: _budget, ...failed } = ambiguous;
    const afterFailure = afterwards(trackedJob, decide({ reading: failed, job: suspected }));
    const afterClean = afterwards(trackedJob, decide({ reading: inProgress, job: suspected }));

    expect(decide({ reading: notFound, job: afterFailure }).next).toBe('fail');
    expect(afterClean).toMatchObject({ suspectCount: 0 });
  });

  it('waits for a Retry-After that is longer than the confirmation', () => {
    const reading = { ...notFound, retryAfter: { delayMs: 45_000 } };

    expect(decide({ reading, dice: 0.99 })).toMatchObject({ delayMs: 45_000 });
  });

  it('believes at once what needs no confirmation', () => {
    const gone: StatusReading = { ...notFound, confirmations: 0, detail: 'Gone' };

    expect(decide({ reading: gone })).toStrictEqual({
      next: 'fail',
      reason: 'export-unknown',
      detail: 'Gone',
    });
  });
});

describe('after an ambiguous answer', () => {
  const nearlySpent = {
    failureCount: 2,
    failingSince: now - 10 * minutes,
    memory: { suspectSince: now - 10 * minutes },
    suspectReason: 'provider-error',
    suspectCount: 2,
  } as const;

  it('fails when the budget is spent in tries and in time', () => {
    expect(decide({ reading: ambiguous, job: nearlySpent })).toMatchObject({
      next: 'fail',
      reason: 'export-failed',
    });
  });

  it.each([
    ['tries', { ...nearlySpent, suspectCount: 1 }],
    ['time', { ...nearlySpent, memory: { suspectSince: now - 10 * minutes + 1 } }],
    ['tries of its own kind', { ...nearlySpent, suspectReason: 'export-unknown' as const }],
  ])('goes on while it has %s left', (_what, job) => {
    expect(decide({ reading: ambiguous, job }).next).toBe('poll-again');
  });

  it('does not count for a confirmation of a plain verdict', () => {
    const plain: StatusReading = { ...notFound, reason: 'export-failed', confirmations: 1 };

    expect(decide({ reading: plain, job: nearlySpent }).next).toBe('poll-again');
  });
});

describe('at the deadline', () => {
  const at = trackedJob.deadlineAt;

  it('abandons what would be polled again, and says how the last poll went', () => {
    expect(decide({ reading: inProgress, at: at - 1 }).next).toBe('poll-again');
    expect(decide({ reading: inProgress, at })).toStrictEqual({
      next: 'abandon',
      reason: 'tracking-deadline',
    });
    expect(decide({ reading: notFound, at })).toStrictEqual({
      next: 'abandon',
      reason: 'tracking-deadline',
      detail: 'last poll: export-unknown',
    });
  });

  it('lets a poll that fails the job count as what it is', () => {
    const reading: StatusReading = { ...notFound, confirmations: 0 };

    expect(decide({ reading, at }).next).toBe('fail');
  });

  it('does not judge by a poll that our own shutdown interrupted', () => {
    const outcome = { kind: 'failed', failure: { reason: 'interrupted' } } as const;
    const decision = decideNextStep({
      job: trackedJob,
      outcome,
      now: at,
      policy: defaultPolicy,
      dice: 0,
    });

    expect(decision).toMatchObject({ next: 'poll-again', delayMs: 1000 });
  });
});

describe('whatever comes', () => {
  const anySituation = fc.record({
    job: anyJob,
    outcome: anyOutcome,
    now: anyInstant,
    policy: anyPolicy,
    dice: anyDice,
  });

  it('decides, and the same for the same arguments', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        expect(decideNextStep(situation)).toStrictEqual(decideNextStep(situation));
      }),
    );
  });

  it('waits whole milliseconds within floor and ceiling plus jitter, never less than asked', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const decision = decideNextStep(situation);
        fc.pre(decision.next === 'poll-again');
        const { floorMs, ceilingMs, jitterShare } = situation.policy;
        const { delayMs, requestedDelayMs = 0 } = decision;
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(floorMs);
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(ceilingMs * (1 + jitterShare)));
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(requestedDelayMs, ceilingMs));
      }),
      { numRuns: 200 },
    );
  });

  it('polls a job in progress exactly when asked, within floor and ceiling', () => {
    const { floorMs, ceilingMs } = defaultPolicy;
    fc.assert(
      fc.property(fc.maxSafeNat(), anyDice, (delayMs, dice) => {
        const reading: StatusReading = { kind: 'in-progress', retryAfter: { delayMs } };
        expect(decide({ reading, dice })).toMatchObject({
          delayMs: Math.min(Math.max(delayMs, floorMs), ceilingMs),
        });
      }),
    );
  });

  it('ends a job only with a verdict, a spent budget, a manifest or the deadline', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const { outcome, job } = situation;
        const { next } = decideNextStep(situation);
        if (next === 'complete') {
          expect(outcome).toMatchObject({ reading: { kind: 'complete' } });
        } else if (next === 'complete-pages') {
          const isComplete = outcome.kind === 'read' && outcome.reading.kind === 'complete';
          const isWhole =
            job.memory.collected?.completeAt !== undefined || outcomeSaysComplete(outcome);
          expect(isComplete || isWhole).toBe(true);
        } else if (next === 'abandon') {
          expect(situation.now).toBeGreaterThanOrEqual(job.deadlineAt);
        } else if (next === 'fail' || next === 'cancel') {
          expect(outcome.kind).toBe('read');
        } else {
          expect(next).toBe('poll-again');
        }
      }),
    );
  });
});

function outcomeSaysComplete(outcome: RequestOutcome<StatusReading>): boolean {
  return (
    outcome.kind === 'read' && outcome.reading.kind === 'page' && outcome.reading.exportComplete
  );
}
