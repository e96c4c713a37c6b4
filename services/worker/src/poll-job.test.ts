import { defaultPolicy } from '@bulkwatch/core';
import type { FetchOutcome, StatusRequest } from '@bulkwatch/egress';
import type { Claim, ClaimResult, PollFacts } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { type PollJobPorts, pollJob } from './poll-job.js';

const claim: Claim = {
  jobId: 'j1',
  epoch: 3,
  wake: 1,
  action: 'poll',
  claimedAt: 1_700_000_000_000,
  dueAt: 1_700_000_000_000,
  job: {
    tenant: 'default',
    statusUrl: 'https://ehr.example/status/1',
    protocol: 'fhir-bulk',
    provider: 'https://ehr.example',
    state: 'registered',
    deadlineAt: 1_800_000_000_000,
    failureCount: 0,
    backoffCount: 0,
    suspectCount: 0,
  },
};

const inProgress: FetchOutcome = {
  kind: 'answered',
  durationMs: 40,
  response: {
    status: 202,
    headers: { 'retry-after': '600', 'x-progress': 'in-progress', 'opc-request-id': 'opc-9' },
    body: new Uint8Array(),
    receivedAt: 0,
  },
};

function setup(
  overrides: { result?: ClaimResult; outcome?: FetchOutcome; claimTakesMs?: number } = {},
) {
  const clock = manualClock(0);
  const requests: StatusRequest[] = [];
  const applied: { next: string; facts: PollFacts }[] = [];
  const released: number[] = [];
  const silent = () => undefined;
  const ports: PollJobPorts = {
    jobs: {
      async claimPoll() {
        await clock.advance(overrides.claimTakesMs ?? 0);
        return overrides.result ?? { kind: 'claimed', claim };
      },
      async releaseClaim({ epoch }) {
        released.push(epoch);
      },
      async applyDecision(_claim, decision, facts) {
        applied.push({ next: decision.next, facts });
        return decision.next === 'poll-again'
          ? { kind: 'again', delayMs: decision.delayMs }
          : { kind: 'settled', state: 'completed' };
      },
      submittedToken: ({ job }) =>
        job.sealedToken === undefined ? { kind: 'none' } : { kind: 'unopenable' },
    },
    async fetchStatus(request) {
      requests.push(request);
      return overrides.outcome ?? inProgress;
    },
    clock,
    policy: defaultPolicy,
    sendBudgetMs: 2_000,
    dice: () => 0,
    reporter: {
      claimed: silent,
      abandonedClaim: silent,
      polled: silent,
      rescued: silent,
      tokenRequested: silent,
      problem: silent,
    },
  };
  const sendNothing = new AbortController();
  const cutOff = new AbortController();
  const run = () =>
    pollJob(
      ports,
      { jobId: 'j1', wake: 1 },
      { sendNothing: sendNothing.signal, cutOff: cutOff.signal },
    );
  return { run, requests, applied, released, sendNothing };
}

describe('pollJob', () => {
  it('asks once, applies the answer, and comes back when the provider says', async () => {
    const { run, requests, applied } = setup();
    expect(await run()).toEqual({ kind: 'again', delayMs: 600_000 });
    expect(requests).toMatchObject([
      { method: 'GET', url: claim.job.statusUrl, authorization: { kind: 'none' } },
    ]);
    expect(applied).toEqual([
      {
        next: 'poll-again',
        facts: { method: 'GET', status: 202, durationMs: 40, requestId: 'opc-9' },
      },
    ]);
  });

  it('sends nothing before the time, nor for a wake-up that was dropped', async () => {
    const early = setup({ result: { kind: 'early', remainingMs: 77 } });
    expect(await early.run()).toEqual({ kind: 'again', delayMs: 77 });
    const dropped = setup({ result: { kind: 'dropped', why: 'settled' } });
    expect(await dropped.run()).toEqual({ kind: 'done' });
    expect([...early.requests, ...dropped.requests]).toEqual([]);
  });

  it('sends nothing under a claim that took longer than the send budget, and gives it back', async () => {
    const { run, requests, released } = setup({ claimTakesMs: 2_001 });
    expect(await run()).toEqual({ kind: 'again', delayMs: 0 });
    expect(requests).toEqual([]);
    expect(released).toEqual([3]);
  });

  it('gives claims back once the worker is stopping', async () => {
    const { run, requests, released, sendNothing } = setup();
    sendNothing.abort();
    expect(await run()).toEqual({ kind: 'again', delayMs: 0 });
    expect(requests).toEqual([]);
    expect(released).toEqual([3]);
  });

  it('leaves the wait that was written ahead when a request is cut off half-way', async () => {
    const outcome = { kind: 'failed', failure: { reason: 'interrupted' }, durationMs: 5 } as const;
    const { run, applied, released } = setup({ outcome });
    expect(await run()).toEqual({ kind: 'again', delayMs: 0 });
    expect(applied).toEqual([]);
    expect(released).toEqual([]);
  });

  it('names the credential, and asks nobody when a submitted token cannot be opened', async () => {
    const named = { ...claim, job: { ...claim.job, credential: 'oracle' } };
    const withCredential = setup({ result: { kind: 'claimed', claim: named } });
    await withCredential.run();
    expect(withCredential.requests[0]?.authorization).toEqual({
      kind: 'credential',
      name: 'oracle',
    });

    const sealed = { ...claim, job: { ...claim.job, sealedToken: 'v1.k9.x.y' } };
    const unopenable = setup({ result: { kind: 'claimed', claim: sealed } });
    expect((await unopenable.run()).kind).toBe('again');
    expect(unopenable.requests).toEqual([]);
    expect(unopenable.applied).toMatchObject([{ next: 'poll-again' }]);
  });

  it("reads a Retry-After that is a date against the claim, not against this host's clock", async () => {
    const outcome: FetchOutcome = {
      ...inProgress,
      response: {
        ...inProgress.response,
        // Two minutes after the claim; this host believes that it is 1970.
        headers: { 'retry-after': new Date(claim.claimedAt + 120_000).toUTCString() },
      },
    };
    const next = await setup({ outcome }).run();
    expect(next.kind === 'again' && next.delayMs).toBeGreaterThanOrEqual(119_000);
    expect(next.kind === 'again' && next.delayMs).toBeLessThanOrEqual(120_000);
  });

  it('sends the delete request that a cancel asked for', async () => {
    const outcome: FetchOutcome = {
      ...inProgress,
      response: { ...inProgress.response, headers: {} },
    };
    const deleting = { ...claim, action: 'delete' as const };
    const { run, requests, applied } = setup({
      result: { kind: 'claimed', claim: deleting },
      outcome,
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(requests).toMatchObject([{ method: 'DELETE' }]);
    expect(applied).toMatchObject([{ next: 'cancel', facts: { method: 'DELETE', status: 202 } }]);
  });
});
