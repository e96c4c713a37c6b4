import type { PostOutcome } from '@bulkwatch/egress';
import { describe, expect, it } from 'vitest';
import { judgePost } from './judge-post.js';

const policy = { retryDelaysMs: [5_000, 300_000], disableAfterMs: 1_000_000 };
const endpoint = { kind: 'endpoint', endpointId: 'e1' } as const;
const job = { kind: 'job', jobId: 'j1' } as const;
const delivery = { tries: 0, isTest: false, target: endpoint, failures: 0 };
const now = 10_000_000;
const rules = { policy, now, dice: 0 };

const answered = (status: number, retryAfterMs?: number): PostOutcome => ({
  kind: 'answered',
  status,
  durationMs: 12.4,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const failed = (reason: 'timed-out' | 'interrupted' | 'webhook-not-allowed'): PostOutcome => ({
  kind: 'failed',
  reason,
  durationMs: 1,
});

describe('judgePost', () => {
  it.each([200, 201, 204, 299])('takes %i for a success', (status) => {
    expect(judgePost(delivery, answered(status, 60_000), rules)).toEqual({
      outcome: 'delivered',
      attempt: { status, durationMs: 12, reason: null },
      ofReceiver: 'up',
      ofTarget: 'success',
    });
  });

  it.each([300, 301, 307, 400, 401, 404, 429, 500, 503])('tries again after %i', (status) => {
    expect(judgePost(delivery, answered(status), rules)).toEqual({
      outcome: 'retry',
      delayMs: 5_000,
      attempt: { status, durationMs: 12, reason: `http-${status}` },
      retryAfterMs: 0,
      ofReceiver: 'down',
      ofTarget: 'failure',
    });
  });

  it('waits longer from try to try, a little longer by chance, and gives up in the end', () => {
    const at = (tries: number, dice = 0) =>
      judgePost({ ...delivery, tries }, failed('timed-out'), { ...rules, dice });
    expect(at(0)).toMatchObject({ delayMs: 5_000, attempt: { status: null, reason: 'timed-out' } });
    expect(at(1)).toMatchObject({ delayMs: 300_000 });
    expect(at(1, 0.999).delayMs).toBeGreaterThan(329_000);
    expect(at(1, 0.999).delayMs).toBeLessThan(330_000);
    expect(at(2)).toMatchObject({ outcome: 'failed' });
  });

  it('waits as long as the receiver asks for, a day at most', () => {
    expect(judgePost(delivery, answered(503, 60_000), rules)).toMatchObject({
      delayMs: 60_000,
      retryAfterMs: 60_000,
    });
    expect(judgePost(delivery, answered(503, 1e12), rules).retryAfterMs).toBe(86_400_000);
  });

  it('disables what is gone at once', () => {
    expect(judgePost(delivery, answered(410), rules)).toMatchObject({ disables: 'gone' });
  });

  it.each<[failures: number, failingForMs: number, disables: string | undefined]>([
    [4, 1_000_000, 'failing'],
    [4, 999_999, undefined],
    [3, 2_000_000, undefined],
  ])('after %i failures in %i ms disables for %s', (failures, failingForMs, disables) => {
    const failing = { ...delivery, failures, failingSince: now - failingForMs };
    expect(judgePost(failing, answered(500), rules).disables).toBe(disables);
  });

  it('takes what refuses one job for no word on the others behind the same origin', () => {
    const ofJob = { ...delivery, target: job };
    expect(judgePost(ofJob, answered(404), rules)).not.toHaveProperty('ofReceiver');
    for (const outcome of [answered(500), answered(429), failed('timed-out')])
      expect(judgePost(ofJob, outcome, rules)).toMatchObject({ ofReceiver: 'down' });
  });

  it('counts nothing that we broke off ourselves', () => {
    expect(judgePost(delivery, failed('interrupted'), rules)).toEqual({ outcome: 'unsent' });
  });

  it('tries a test once, and takes it for no word on the endpoint', () => {
    const test = { ...delivery, isTest: true };
    expect(judgePost(test, answered(410), rules)).toEqual({
      outcome: 'failed',
      attempt: { status: 410, durationMs: 12, reason: 'http-410' },
    });
    expect(judgePost(test, answered(200), rules)).not.toHaveProperty('ofTarget');
  });
});
