import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHistory, anyJob, anyPolicy, anyReading } from '../../tests/arbitraries.js';
import { receivedAt, trackedJob } from '../../tests/tracked.js';
import type { StatusReading } from '../protocol/status-reading.js';
import { decideNextStep } from './decide-next-step.js';
import type { ExportHistory, PollAgain, TrackedJob, TrackingPolicy } from './decision.js';
import { defaultPolicy } from './policy.js';

const hours = 3_600_000;
const running: StatusReading = { kind: 'in-progress', retryAfter: {}, progress: 'running' };
const failed: StatusReading = {
  kind: 'poll-failed',
  retryAfter: {},
  reason: 'provider-error',
  health: 'provider-error',
};

interface Poll {
  readonly reading?: StatusReading;
  readonly job?: Partial<TrackedJob>;
  readonly now?: number;
  readonly policy?: TrackingPolicy;
  readonly history?: ExportHistory;
}

function poll({ reading = running, job, now = receivedAt, policy = defaultPolicy, history }: Poll) {
  const decision = decideNextStep({
    job: trackedJob({ progress: 'running', movedAt: receivedAt - 48 * hours, ...job }),
    outcome: { kind: 'read', reading },
    now,
    policy,
    dice: 0,
    ...(history && { history }),
  });
  if (decision.next !== 'poll-again') throw new Error(`unexpected ${decision.next}`);
  return decision;
}

/** What the job is after a poll, as the store keeps it. */
function afterwards(job: TrackedJob, decision: PollAgain, at: number): TrackedJob {
  const { movedAt, stalledAt, ...rest } = job;
  const stall = decision.stalled ? at : stalledAt;
  return {
    ...rest,
    health: decision.health,
    progress: decision.progress ?? job.progress ?? '',
    ...(decision.movedAt === undefined
      ? { ...(movedAt && { movedAt }), ...(stall && { stalledAt: stall }) }
      : { movedAt: decision.movedAt }),
  };
}

describe('a standstill', () => {
  it('is told once, until the export has moved and stands still again', () => {
    let job = trackedJob({ progress: 'running', movedAt: receivedAt - 24 * hours });
    const healths: string[] = [];
    const told: number[] = [];
    const moving = { ...running, progress: 'writing' };
    const writing = [moving, ...Array.from({ length: 25 }, () => moving)];
    const answers = [running, running, failed, running, ...writing];
    for (const [hour, reading] of answers.entries()) {
      const now = receivedAt + hour * hours;
      const decision = poll({ reading, job, now });
      healths.push(decision.health);
      if (decision.stalled) told.push(hour);
      job = afterwards(job, decision, now);
    }

    expect(told).toEqual([0, 4 + 24]);
    expect(healths.slice(0, 5)).toEqual(['stalled', 'stalled', 'provider-error', 'stalled', 'ok']);
    expect(healths.slice(4 + 24)).toEqual(['stalled', 'stalled']);
  });

  it('says since when, and how long one may be', () => {
    expect(poll({}).stalled).toEqual({
      since: receivedAt - 48 * hours,
      thresholdMs: 24 * hours,
    });
  });

  it('is not begun by a failed poll', () => {
    expect(poll({ reading: failed })).not.toHaveProperty('stalled');
  });

  it('is watched from now on where the record is older than the watch', () => {
    const { movedAt: _unknown, ...job } = trackedJob({ progress: 'running' });
    const decision = decideNextStep({
      job,
      outcome: { kind: 'read', reading: running },
      now: receivedAt,
      policy: defaultPolicy,
      dice: 0,
    });

    expect(decision).toMatchObject({ health: 'ok', movedAt: receivedAt });
  });

  const elsewhere = { kind: 'elsewhere', retryAfter: {}, url: 'https://ehr.example/2' } as const;

  it.each<[string, StatusReading, Partial<TrackedJob>]>([
    ['the state changes', running, { state: 'registered' }],
    ['the progress changes', { ...running, progress: 'writing' }, {}],
    [
      'files become ready',
      { ...running, news: { told: { output: 1, deleted: 0, errors: 0 }, partials: ['{}'] } },
      {},
    ],
    ['the result is somewhere', { ...elsewhere, as: 'result' }, {}],
    [
      'there is a page',
      {
        kind: 'page',
        retryAfter: {},
        url: 'https://ehr.example/1',
        nextUrl: 'https://ehr.example/2',
        bytes: new Uint8Array(),
        exportComplete: true,
      },
      {},
    ],
  ])('ends when %s', (_what, reading, job) => {
    const decision = poll({ reading, job: { ...job, stalledAt: receivedAt - hours } });

    expect(decision).toMatchObject({ health: 'ok', movedAt: receivedAt });
    expect(decision).not.toHaveProperty('stalled');
  });

  it.each<[string, StatusReading]>([
    [
      'news of no file',
      { ...running, news: { told: { output: 1, deleted: 0, errors: 0 }, partials: [] } },
    ],
    ['a redirect', { ...elsewhere, as: 'redirect' }],
  ])('is not ended by %s', (_what, reading) => {
    const cursor = { kind: 'result', url: 'https://ehr.example/2' } as const;
    const job = { health: 'stalled', stalledAt: receivedAt - hours, memory: { cursor } } as const;

    expect(poll({ reading, job })).toMatchObject({ health: 'stalled' });
    expect(poll({ reading, job })).not.toHaveProperty('movedAt');
  });
});

describe('how long a standstill may be', () => {
  const thresholdOf = (members: Omit<Poll, 'job'>) =>
    poll({ ...members, job: { movedAt: receivedAt - 29 * 24 * hours } }).stalled?.thresholdMs;
  const history = { count: 10, medianMs: hours, p90Ms: 2 * hours };

  it('is learnt from ten exports, and never less than an hour', () => {
    expect(thresholdOf({})).toBe(24 * hours);
    expect(thresholdOf({ history: { ...history, count: 9 } })).toBe(24 * hours);
    expect(thresholdOf({ history })).toBe(6 * hours);
    expect(thresholdOf({ history: { ...history, p90Ms: 100_000 * 3600 } })).toBe(300 * hours);
    expect(thresholdOf({ history: { ...history, p90Ms: 60_000 } })).toBe(hours);
  });

  it('stays what the preset says', () => {
    const policy = { ...defaultPolicy, stallAfterMs: 12 * hours, stallAfterSaid: true } as const;

    expect(thresholdOf({ history, policy })).toBe(12 * hours);
  });

  it('ends no job, whatever is answered', () => {
    const sometime = fc.integer({ min: receivedAt, max: receivedAt + 28 * 24 * hours });
    fc.assert(
      fc.property(anyJob, anyReading, anyPolicy, anyHistory, sometime, (job, reading, ...rest) => {
        const [policy, history, now] = rest;
        const outcome = { kind: 'read', reading } as const;
        const situation = { job, outcome, now, policy, dice: 0 };
        const { next } = decideNextStep(situation);
        const decision = decideNextStep({ ...situation, history });

        expect(decision.next).toBe(next);
        if (decision.next !== 'poll-again' || !decision.stalled) return;
        expect(decision).toMatchObject({ health: 'stalled', inProgress: true, progressed: false });
        expect(decision).not.toHaveProperty('movedAt');
        expect(job.stalledAt).toBeUndefined();
        expect(now - decision.stalled.since).toBeGreaterThanOrEqual(decision.stalled.thresholdMs);
      }),
    );
  });
});

describe('the pace', () => {
  const paceOf = (progressPercent: number, job: Partial<TrackedJob> = {}) => {
    const reading = { ...running, progress: `${progressPercent}%`, progressPercent };
    const { percentFrom, percentFromAt } = poll({ reading, job });
    return [percentFrom, percentFromAt];
  };
  const measured = { percentFrom: 10, percentFromAt: receivedAt - hours };

  it('is measured from the first percentage, and anew where it falls', () => {
    const unchanged = [undefined, undefined];

    expect(paceOf(30)).toEqual([30, receivedAt]);
    expect(paceOf(0)).toEqual([0, receivedAt]);
    expect(paceOf(40, { ...measured, progressPercent: 30 })).toEqual(unchanged);
    expect(paceOf(30, { ...measured, progressPercent: 30 })).toEqual(unchanged);
    expect(paceOf(29, { ...measured, progressPercent: 30 })).toEqual([29, receivedAt]);
    expect(paceOf(12, measured)).toEqual(unchanged);
    expect(paceOf(9, measured)).toEqual([9, receivedAt]);
  });

  it('is nothing that an answer without a percentage tells of', () => {
    expect(poll({ job: measured })).not.toHaveProperty('percentFrom');
    const reading = { ...failed, progress: '5%', progressPercent: 5 };
    expect(poll({ reading })).not.toHaveProperty('percentFrom');
  });
});
