import { describe, expect, it } from 'vitest';
import type { PollFailedReading } from '../protocol/status-reading.js';
import type { FetchFailure } from '../protocol/status-response.js';
import type { Situation, TrackedJob } from './decision.js';
import { defaultPolicy } from './policy.js';
import { retryFailed, retryUnanswered } from './retry-failed.js';

const now = Date.UTC(2025, 5, 1, 12);
const failed: PollFailedReading = {
  kind: 'poll-failed',
  reason: 'provider-error',
  health: 'provider-error',
  retryAfter: {},
};

function situation(job: Partial<TrackedJob> = {}, dice = 0): Situation {
  const anyJob: TrackedJob = {
    state: 'in-progress',
    deadlineAt: now + 86_400_000,
    failureCount: 0,
    backoffCount: 3,
    suspectCount: 0,
    memory: {},
  };
  return { job: { ...anyJob, ...job }, now, policy: defaultPolicy, dice };
}

describe('retryFailed', () => {
  it('counts the failure and remembers since when it goes on', () => {
    const since = now - 60_000;

    expect(retryFailed(failed, situation())).toMatchObject({ failureCount: 1, failingSince: now });
    expect(retryFailed(failed, situation({ failureCount: 4, failingSince: since }))).toMatchObject({
      failureCount: 5,
      failingSince: since,
      backoffCount: 3,
    });
  });

  it('backs off further with every failure, with jitter on top', () => {
    expect(retryFailed(failed, situation()).delayMs).toBe(5000);
    expect(retryFailed(failed, situation({ failureCount: 1 })).delayMs).toBe(8000);
    expect(retryFailed(failed, situation({ failureCount: 1 }, 0.5)).delayMs).toBe(8400);
  });

  it('never comes back before a Retry-After, nor sooner for one', () => {
    const after = (delayMs: number) =>
      retryFailed({ ...failed, retryAfter: { delayMs } }, situation({ failureCount: 50 }, 0.5));

    expect(after(600_000)).toMatchObject({ delayMs: 600_000, requestedDelayMs: 600_000 });
    expect(after(5000)).toMatchObject({ delayMs: 315_000, requestedDelayMs: 5000 });
  });

  it('holds back the provider for as long as it asked, not for our own back-off', () => {
    const limited = { ...failed, wholeProvider: true, retryAfter: { delayMs: 5000 } };

    expect(retryFailed(limited, situation({ failureCount: 50 })).pauseProviderMs).toBe(5000);
    expect(retryFailed({ ...limited, retryAfter: {} }, situation())).not.toHaveProperty(
      'pauseProviderMs',
    );
  });

  it('waits longer after a 429 that does not say how long', () => {
    const limited = { ...failed, reason: 'rate-limited' as const };
    const saying = { ...limited, retryAfter: { delayMs: 6000 } };

    expect(retryFailed(limited, situation()).delayMs).toBe(30_000);
    expect(retryFailed(limited, situation({ failureCount: 99 })).delayMs).toBe(600_000);
    expect(retryFailed(saying, situation()).delayMs).toBe(6000);
  });

  it('suspects the export only where the answer has a budget', () => {
    const budget = { tries: 5, windowMs: 1000, reason: 'manifest-invalid' as const };
    const suspected = { suspectReason: 'provider-error', suspectCount: 2 } as const;

    expect(retryFailed({ ...failed, budget }, situation(suspected)).suspectCount).toBe(3);
    expect(retryFailed(failed, situation(suspected))).toMatchObject(suspected);
  });
});

describe('retryUnanswered', () => {
  it.each<[FetchFailure['reason'], string, number]>([
    ['connection-failed', 'unreachable', 5000],
    ['tls-failed', 'unreachable', 5000],
    ['timed-out', 'unreachable', 5000],
    ['response-too-large', 'provider-error', 5000],
    ['response-unreadable', 'provider-error', 5000],
    ['provider-not-allowed', 'auth-blocked', 300_000],
    ['preset-missing', 'auth-blocked', 300_000],
    ['credential-missing', 'auth-blocked', 300_000],
    ['token-unavailable', 'unreachable', 5000],
    ['token-refused', 'auth-blocked', 300_000],
    ['auth-rejected', 'auth-blocked', 300_000],
  ])('after %s is %s and waits', (reason, health, delayMs) => {
    expect(retryUnanswered({ reason }, situation())).toMatchObject({
      next: 'poll-again',
      reason,
      health,
      delayMs,
      failureCount: 1,
    });
  });

  it('waits at most an hour for an operator', () => {
    const reason = 'token-refused';

    expect(retryUnanswered({ reason }, situation({ failureCount: 1 })).delayMs).toBe(600_000);
    expect(retryUnanswered({ reason }, situation({ failureCount: 9 })).delayMs).toBe(3_600_000);
  });

  it('waits as long as a token endpoint asked for, up to the ceiling', () => {
    const after = (retryAfterMs: number) =>
      retryUnanswered({ reason: 'token-unavailable', retryAfterMs }, situation());

    expect(after(10).delayMs).toBe(5_000);
    expect(after(900_000.5).delayMs).toBe(900_001);
    expect(after(1e15).delayMs).toBe(86_400_000);
    expect(after(900_000)).not.toHaveProperty('requestedDelayMs');
  });

  it('counts and forgets nothing when our own shutdown interrupted the poll', () => {
    const job = {
      health: 'unreachable',
      failureCount: 4,
      failingSince: now - 1000,
      suspectReason: 'export-unknown',
      suspectCount: 1,
    } as const;

    expect(retryUnanswered({ reason: 'interrupted' }, situation(job, 0.9))).toStrictEqual({
      next: 'poll-again',
      delayMs: 1000,
      reason: 'interrupted',
      inProgress: false,
      progressed: false,
      backoffCount: 3,
      anomalies: [],
      ...job,
    });
  });
});

describe('a request that ran out of time', () => {
  const timedOut = (job: Partial<TrackedJob>, reason: FetchFailure['reason'] = 'timed-out') =>
    retryUnanswered({ reason }, situation(job)).delayMs;

  it('may have been answered: the known wait is kept', () => {
    expect(timedOut({ retryAfterMs: 600_000 })).toBe(600_000);
    expect(timedOut({ retryAfterMs: 1_000 })).toBe(5_000);
    expect(timedOut({ retryAfterMs: 1e9 })).toBe(defaultPolicy.ceilingMs);
  });

  it('is another matter than one that found nobody', () => {
    expect(timedOut({ retryAfterMs: 600_000 }, 'connection-failed')).toBe(5_000);
  });
});
