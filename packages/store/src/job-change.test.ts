import type { Decision } from '@bulkwatch/core';
import { describe, expect, it } from 'vitest';
import { complete, pollAgain } from '../tests/store-bench.js';
import { changeOf } from './job-change.js';
import { openJobFields } from './job-record.js';
import type { Claim } from './job-store.js';

const claim: Claim = {
  jobId: 'j1',
  epoch: 2,
  nonce: 'n',
  wake: 1,
  action: 'poll',
  claimedAt: 1_000,
  dueAt: 900,
  job: {
    tenant: 'default',
    statusUrl: 'https://ehr.example/1',
    protocol: 'fhir-bulk',
    provider: 'https://ehr.example',
    state: 'in-progress',
    deadlineAt: 9_000,
    failureCount: 0,
    backoffCount: 0,
    suspectCount: 0,
    memory: {},
  },
};
const again = pollAgain({ delayMs: 5_000 });
const facts = { method: 'GET', status: 202, durationMs: 12.7, verdict: 'up' } as const;
const changed = (decision: Decision) => changeOf(claim, decision, facts, 2_000);

describe('changeOf', () => {
  it('clears what a good poll has nothing to say of', () => {
    const { set, event } = changed(again);
    expect(set).toMatchObject({ lastPolledAt: 2_000, health: undefined, reason: undefined });
    expect(event).toBeUndefined();
  });

  it('leaves health and reason alone where the answer said nothing', () => {
    const { set } = changed({ ...again, saysNothing: true });
    expect(set).not.toHaveProperty('health');
    expect(set).not.toHaveProperty('reason');
    expect(set).not.toHaveProperty('detail');
  });

  it('keeps when the export moved, which ends a standstill', () => {
    const { set } = changed({ ...again, movedAt: 1_900, percentFrom: 12.5, percentFromAt: 1_900 });
    const still = changed(again).set;

    expect(set).toMatchObject({ movedAt: 1_900, percentFrom: 12.5, percentFromAt: 1_900 });
    expect(set).toHaveProperty('stalledAt', undefined);
    for (const field of ['movedAt', 'stalledAt', 'percentFrom', 'percentFromAt'])
      expect(still).not.toHaveProperty(field);
  });

  it('keeps when subscribers are told of a standstill', () => {
    const stalled = { since: 500, thresholdMs: 1_000 };

    expect(changed({ ...again, health: 'stalled', stalled })).toMatchObject({
      stalled,
      previousHealth: 'ok',
      set: { health: 'stalled', healthSince: 2_000, stalledAt: 2_000 },
    });
    expect(changed({ ...again, health: 'stalled' }).set).not.toHaveProperty('stalledAt');
  });

  it('dates the health where it changes, and says what it was', () => {
    const failing = { ...claim, job: { ...claim.job, health: 'unreachable' } } as const;
    const better = changeOf(failing, again, facts, 2_000);
    const ended = changeOf(failing, complete, facts, 2_000);

    expect(better).toMatchObject({ previousHealth: 'unreachable', set: { healthSince: 2_000 } });
    expect(ended.set).toMatchObject({ healthSince: 2_000 });
    // The event of the end tells of it.
    expect(ended).not.toHaveProperty('previousHealth');
    for (const decision of [again, complete] as const) {
      expect(changed(decision).set).not.toHaveProperty('healthSince');
      expect(changed(decision)).not.toHaveProperty('previousHealth');
    }
  });

  it('learns nothing of the provider from what another origin answers', () => {
    const asked = { ...again, requestedDelayMs: 5_000, pauseProviderMs: 5_000 };
    const elsewhere = changeOf(claim, asked, { ...facts, elsewhere: true }, 2_000);
    expect(changed(asked)).toMatchObject({ learntRetryAfterMs: 5_000, pauseProviderMs: 5_000 });
    expect(elsewhere).not.toHaveProperty('learntRetryAfterMs');
    expect(elsewhere).not.toHaveProperty('pauseProviderMs');
    expect(elsewhere.set).toMatchObject({ retryAfterMs: 5_000 });
  });

  it('keeps the progress that was last heard', () => {
    expect(changed(again).set).not.toHaveProperty('progress');
    const { set } = changed({ ...again, progress: 'packing', progressed: true });
    expect(set).toMatchObject({ progress: 'packing', progressPercent: undefined });
  });

  it("remembers the provider's own wait, without what our back-off added", () => {
    const failing = { ...again, inProgress: false, requestedDelayMs: 3_000 } as const;
    expect(changed(failing)).toMatchObject({ set: { retryAfterMs: 3_000 } });
    expect(changed(failing).learntRetryAfterMs).toBeUndefined();
    const clamped = changed({ ...again, requestedDelayMs: 99_000 });
    expect(clamped).toMatchObject({ set: { retryAfterMs: 5_000 }, learntRetryAfterMs: 5_000 });
  });

  it('writes what is remembered, clears what is remembered no more, and else leaves it', () => {
    expect(changed(again).set).not.toHaveProperty('memory');
    const movedTo = 'https://ehr.example/2';
    expect(changed({ ...again, memory: { movedTo } }).set['memory']).toBe(
      JSON.stringify({ movedTo }),
    );
    expect(changed({ ...again, memory: {} }).set).toHaveProperty('memory', undefined);
  });

  it('completes with what is missing, and says when the expiry is our own guess', () => {
    const short = { reason: 'manifest-incomplete', detail: 'next page: timed-out' } as const;
    const { set, poll, event } = changed({
      ...complete,
      ...short,
      expiresAt: 7_000,
      expiryAssumed: true,
    });
    expect(set).toMatchObject({ ...short, expiresAt: 7_000, expiryAssumed: 1 });
    expect(poll?.reason).toBe('manifest-incomplete');
    expect(event).toBe('completed');
    expect(changed(complete).set).toMatchObject({ reason: undefined, expiryAssumed: undefined });
  });

  it('names no URL in the timeline', () => {
    const page = { url: 'https://ehr.example/page?canary', bytes: new Uint8Array() };
    const memory = { cursor: { kind: 'page', url: page.url } } as const;
    const { poll } = changed({ ...again, page, memory, partials: ['{"output":["canary"]}'] });
    expect(JSON.stringify(poll)).not.toContain('canary');
  });

  it.each([
    [{ next: 'fail', reason: 'export-failed', detail: 'd' }, 'failed'],
    [{ next: 'abandon', reason: 'tracking-deadline' }, 'abandoned'],
    [{ next: 'cancel', reason: 'cancelled-by-request' }, 'cancelled'],
  ] as const)('%o settles as %s, with its event', (decision, state) => {
    const change = changed(decision);
    expect(change).toMatchObject({
      state,
      event: state,
      set: { settledAt: 2_000, reason: decision.reason },
    });
    for (const field of openJobFields) expect(change.set).toHaveProperty(field, undefined);
    expect(change.delayMs).toBeUndefined();
    expect(change.poll).toMatchObject({ reason: decision.reason, durationMs: 13 });
  });
});
