import type { Decision } from '@bulkwatch/core';
import { describe, expect, it } from 'vitest';
import { pollAgain } from '../tests/store-bench.js';
import { changeOf } from './job-change.js';
import type { Claim } from './job-store.js';

const claim: Claim = {
  jobId: 'j1',
  epoch: 2,
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
  },
};
const again = pollAgain({ delayMs: 5_000 });
const facts = { method: 'GET', status: 202, durationMs: 12.7 } as const;
const changed = (decision: Decision) => changeOf(claim, decision, facts, 2_000);

describe('changeOf', () => {
  it('clears what a good poll has nothing to say of', () => {
    const { set, event } = changed(again);
    expect(set).toMatchObject({ lastPolledAt: 2_000, health: undefined, reason: undefined });
    expect(event).toBeUndefined();
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
    expect(change.delayMs).toBeUndefined();
    expect(change.poll).toMatchObject({ reason: decision.reason, durationMs: 13 });
  });
});
