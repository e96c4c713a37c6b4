import {
  type AnyDecision,
  createPresetBook,
  defaultPolicy,
  type ProviderPreset,
  providerPresetSchema,
} from '@bulkwatch/core';
import type { FetchOutcome, StatusRequest } from '@bulkwatch/egress';
import type { Claim, ClaimedJob, ClaimResult, PollFacts } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { silentReporter } from '../tests/silent-reporter.js';
import { type PollJobPorts, pollJob } from './poll-job.js';
import { createReader } from './reader.js';

const claim: Claim = {
  jobId: 'j1',
  epoch: 3,
  nonce: 'n',
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
    memory: {},
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

const answered = (
  status: number,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
): FetchOutcome => ({
  kind: 'answered',
  durationMs: 40,
  response: { status, headers, body: new TextEncoder().encode(body), receivedAt: 0 },
});

const claimedWith = (job: Partial<ClaimedJob>, action: Claim['action'] = 'poll'): ClaimResult => ({
  kind: 'claimed',
  claim: { ...claim, action, job: { ...claim.job, ...job } },
});

interface Overrides {
  readonly result?: ClaimResult;
  readonly outcome?: FetchOutcome;
  readonly claimTakesMs?: number;
  readonly own?: Readonly<Record<string, ProviderPreset>>;
  /** The preset that the settings give to the origin of the job. */
  readonly ofOrigin?: string;
  readonly pages?: readonly string[];
  /** Without which the pages cannot be opened. */
  readonly missingSealKey?: string;
}

function setup(overrides: Overrides = {}) {
  const clock = manualClock(0);
  const requests: StatusRequest[] = [];
  const applied: { next: string; facts: PollFacts }[] = [];
  const decisions: AnyDecision[] = [];
  const pagesAskedFor: (string | undefined)[] = [];
  const released: number[] = [];
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
        decisions.push(decision);
        return decision.next === 'poll-again'
          ? { kind: 'again', delayMs: decision.delayMs, told: [] }
          : { kind: 'settled', state: 'completed', told: [] };
      },
      submittedToken({ job: { sealedToken } }) {
        if (sealedToken === undefined) return { kind: 'none' };
        return sealedToken === 'v1.opens'
          ? { kind: 'opened', token: 'submitted' }
          : { kind: 'unopenable', keyId: 'k9' };
      },
      async collectedPages(_claim, exceptUrl) {
        pagesAskedFor.push(exceptUrl);
        if (overrides.missingSealKey !== undefined)
          return { kind: 'unopenable', keyId: overrides.missingSealKey };
        const pages = (overrides.pages ?? []).map((page) => new TextEncoder().encode(page));
        return { kind: 'opened', pages };
      },
    },
    reader: createReader(),
    presets: createPresetBook({
      own: new Map(Object.entries(overrides.own ?? {})),
      byOrigin: new Map(
        overrides.ofOrigin === undefined ? [] : [[claim.job.provider, overrides.ofOrigin]],
      ),
    }),
    async fetchStatus(request) {
      requests.push(request);
      return overrides.outcome ?? inProgress;
    },
    clock,
    policy: defaultPolicy,
    sendBudgetMs: 2_000,
    dice: () => 0,
    reporter: silentReporter,
  };
  const sendNothing = new AbortController();
  const cutOff = new AbortController();
  const run = () =>
    pollJob(
      ports,
      { jobId: 'j1', wake: 1 },
      { sendNothing: sendNothing.signal, cutOff: cutOff.signal },
    );
  return { run, requests, applied, decisions, released, pagesAskedFor, sendNothing };
}

describe('pollJob', () => {
  it('asks once, applies the answer, and comes back when the provider says', async () => {
    const { run, requests, applied } = setup();
    expect(await run()).toEqual({ kind: 'again', delayMs: 600_000 });
    expect(requests).toMatchObject([
      {
        request: { method: 'GET', url: claim.job.statusUrl },
        home: claim.job.provider,
        authorization: { kind: 'none' },
      },
    ]);
    expect(applied).toEqual([
      {
        next: 'poll-again',
        facts: { method: 'GET', status: 202, durationMs: 40, requestId: 'opc-9', verdict: 'up' },
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

  it('abandons a job that was held until its deadline, and asks nothing', async () => {
    const { run, requests, applied, decisions } = setup({
      result: claimedWith({ reason: 'rate-limited' }, 'abandon'),
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(requests).toEqual([]);
    expect(applied).toEqual([
      { next: 'abandon', facts: { method: null, durationMs: 0, verdict: 'unknown' } },
    ]);
    expect(decisions).toMatchObject([{ detail: 'last poll: rate-limited' }]);
  });

  it('says of a provider that does not answer that it is down', async () => {
    const failure = { reason: 'connection-failed', detail: 'ECONNREFUSED' } as const;
    const { run, applied } = setup({ outcome: { kind: 'failed', durationMs: 3, failure } });
    await run();
    expect(applied).toMatchObject([{ facts: { verdict: 'down', durationMs: 3 } }]);
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
    const withCredential = setup({ result: claimedWith({ credential: 'oracle' }) });
    await withCredential.run();
    expect(withCredential.requests[0]?.authorization).toEqual({
      kind: 'credential',
      name: 'oracle',
    });

    const unopenable = setup({ result: claimedWith({ sealedToken: 'v1.k9.x.y' }) });
    expect((await unopenable.run()).kind).toBe('again');
    expect(unopenable.requests).toEqual([]);
    expect(unopenable.decisions).toMatchObject([
      { next: 'poll-again', reason: 'credential-missing', detail: 'seal key k9' },
    ]);
  });

  it('asks nobody when its status URL cannot be opened, not even with a credential', async () => {
    const locked = { credential: 'oracle', missingSealKey: 'k9' };
    const { run, requests, decisions } = setup({ result: claimedWith(locked) });
    await run();
    expect(requests).toEqual([]);
    expect(decisions).toMatchObject([
      { health: 'auth-blocked', reason: 'credential-missing', detail: 'seal key k9' },
    ]);
  });

  it("reads a Retry-After that is a date against the claim, not against this host's clock", async () => {
    // Two minutes after the claim; this host believes that it is 1970.
    const retryAfter = new Date(claim.claimedAt + 120_000).toUTCString();
    const outcome = answered(202, { headers: { 'retry-after': retryAfter } });
    const next = await setup({ outcome }).run();
    expect(next.kind === 'again' && next.delayMs).toBeGreaterThanOrEqual(119_000);
    expect(next.kind === 'again' && next.delayMs).toBeLessThanOrEqual(120_000);
  });

  it('sends the delete request that a cancel asked for', async () => {
    const movedTo = 'https://ehr.example/status/new';
    const { run, requests, applied } = setup({
      result: claimedWith({ memory: { movedTo } }, 'delete'),
      outcome: answered(202, { headers: { 'x-request-id': 'del-1' } }),
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(requests).toMatchObject([{ request: { method: 'DELETE', url: movedTo } }]);
    expect(applied).toMatchObject([
      { next: 'cancel', facts: { method: 'DELETE', status: 202, requestId: 'del-1' } },
    ]);
  });

  it('sends the delete request that an acknowledgement asked for, by whose rules a 410 is an end', async () => {
    const cleanUp = { until: Number.MAX_SAFE_INTEGER };
    const { run, requests, decisions, applied } = setup({
      result: claimedWith({ cleanUp }, 'delete'),
      outcome: answered(410, {}),
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(requests[0]?.request.method).toBe('DELETE');
    expect(decisions).toEqual([{ next: 'cleaned-up' }]);
    expect(applied[0]?.facts.method).toBe('DELETE');
  });

  it('ends a clean-up that was held until its time was up', async () => {
    const cleanUp = { until: 1 };
    const { run, requests, decisions } = setup({ result: claimedWith({ cleanUp }, 'abandon') });
    await run();
    expect(requests).toEqual([]);
    expect(decisions).toMatchObject([{ next: 'clean-up-failed', reason: 'delete-refused' }]);
  });

  it('sends the delete request again when it was not heard', async () => {
    const outcome = { kind: 'failed', failure: { reason: 'timed-out' }, durationMs: 5 } as const;
    const { run, decisions } = setup({ result: claimedWith({}, 'delete'), outcome });
    expect((await run()).kind).toBe('again');
    expect(decisions).toMatchObject([{ next: 'poll-again', reason: 'timed-out' }]);
  });
});

describe('the preset of a job', () => {
  const slow = providerPresetSchema.parse({
    title: 'Slow',
    accept: 'application/json',
    headers: { Prefer: 'respond-async' },
    retryAfter: { floorSeconds: 900 },
  });
  const operation = providerPresetSchema.parse({
    title: 'Operations',
    protocol: 'status-field',
    options: { status: ['/status'], values: { Running: 'in-progress' } },
  });

  it.each([
    ['named at registration', { result: claimedWith({ preset: 'slow' }) }],
    ['given to its origin by the settings', { ofOrigin: 'slow' }],
  ])('says how to ask and how often: %s', async (_how, choice) => {
    const { run, requests } = setup({ own: { slow }, ...choice });
    expect(await run()).toEqual({ kind: 'again', delayMs: 900_000 });
    expect(requests[0]?.request.headers).toEqual({
      Accept: 'application/json',
      Prefer: 'respond-async',
    });
  });

  it.each([
    ['the one that is named is gone', { result: claimedWith({ preset: 'gone' }) }],
    [
      'the one that is named speaks another protocol',
      { own: { operation }, result: claimedWith({ preset: 'operation' }) },
    ],
    [
      'its origin has come to speak another protocol',
      { own: { operation }, ofOrigin: 'operation' },
    ],
  ])('is missing where %s: nothing is sent, and the job waits', async (_how, choice) => {
    const { run, requests, decisions } = setup(choice);
    expect((await run()).kind).toBe('again');
    expect(requests).toEqual([]);
    expect(decisions).toMatchObject([
      { next: 'poll-again', reason: 'preset-missing', health: 'auth-blocked' },
    ]);
  });

  it('keeps a delete request waiting where it is missing', async () => {
    const { run, requests, decisions } = setup({
      result: claimedWith({ preset: 'gone' }, 'delete'),
    });
    expect((await run()).kind).toBe('again');
    expect(requests).toEqual([]);
    expect(decisions).toMatchObject([{ next: 'poll-again', reason: 'preset-missing' }]);
  });
});

describe('a poll that leads elsewhere', () => {
  const elsewhere = 'https://files.example/manifest';

  it('is remembered, and followed by the next one without taking the token along', async () => {
    const first = setup({ outcome: answered(302, { headers: { location: elsewhere } }) });
    expect(await first.run()).toEqual({ kind: 'again', delayMs: defaultPolicy.floorMs });
    const memory = { redirect: { url: elsewhere, hops: 1 } };
    expect(first.decisions).toMatchObject([{ next: 'poll-again', memory }]);

    const next = setup({ result: claimedWith({ memory, sealedToken: 'v1.opens' }) });
    await next.run();
    expect(next.requests).toMatchObject([
      {
        request: { url: elsewhere },
        home: claim.job.provider,
        // Whoever sends it binds the token to this origin.
        authorization: { kind: 'bearer', origin: claim.job.provider },
      },
    ]);
  });

  it('is relative to where it was sent', async () => {
    const memory = { redirect: { url: `${elsewhere}/1`, hops: 1 } };
    const outcome = answered(307, { headers: { location: 'two' } });
    const { run, decisions } = setup({ result: claimedWith({ memory }), outcome });
    await run();
    expect(decisions).toMatchObject([
      { memory: { redirect: { url: `${elsewhere}/two`, hops: 2 } } },
    ]);
  });
});

describe('a manifest in pages', () => {
  const pageOf = (file: string, next?: string) =>
    JSON.stringify({
      transactionTime: '2026-01-04T17:42:25.000Z',
      output: [{ type: 'Patient', url: file }],
      ...(next && { link: [{ relation: 'next', url: next }] }),
    });
  const pageTwo = `${claim.job.provider}/page-2`;
  const memory = {
    cursor: { kind: 'page', url: pageTwo },
    collected: { count: 1, bytes: 100, completeAt: 1, mark: claim.job.statusUrl },
  } as const;

  it('is put by page by page', async () => {
    const body = pageOf('https://files.example/1', pageTwo);
    const { run, decisions, pagesAskedFor } = setup({ outcome: answered(200, { body }) });
    expect((await run()).kind).toBe('again');
    expect(decisions).toMatchObject([
      {
        next: 'poll-again',
        page: { url: claim.job.statusUrl },
        partials: [expect.stringContaining('https://files.example/1')],
        memory: { cursor: { kind: 'page', url: pageTwo } },
      },
    ]);
    expect(pagesAskedFor).toEqual([]);
  });

  it('is made one with its last page, which is not loaded twice', async () => {
    const { run, decisions, pagesAskedFor } = setup({
      result: claimedWith({ memory }),
      outcome: answered(200, { body: pageOf('https://files.example/2') }),
      pages: [pageOf('https://files.example/1', pageTwo)],
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(pagesAskedFor).toEqual([pageTwo]);
    const [decision] = decisions;
    if (decision?.next !== 'complete') throw new Error(`not complete but ${decision?.next}`);
    expect(decision.summary.outputCount).toBe(2);
    expect(decision).not.toHaveProperty('reason');
    const manifest: unknown = JSON.parse(Buffer.from(decision.manifest).toString());
    expect(manifest).toMatchObject({
      output: [{ url: 'https://files.example/1' }, { url: 'https://files.example/2' }],
    });
  });

  it('ends with the pages that could be had', async () => {
    const { run, decisions, pagesAskedFor } = setup({
      result: claimedWith({ memory }),
      outcome: answered(410),
      pages: [pageOf('https://files.example/1', pageTwo)],
    });
    expect(await run()).toEqual({ kind: 'done' });
    expect(pagesAskedFor).toEqual([undefined]);
    expect(decisions).toMatchObject([
      { next: 'complete', reason: 'manifest-incomplete', summary: { outputCount: 1 } },
    ]);
  });

  it('waits while the seal key of its pages is missing, and keeps what it remembers', async () => {
    const { run, decisions } = setup({
      result: claimedWith({ memory }),
      outcome: answered(200, { body: pageOf('https://files.example/2') }),
      missingSealKey: 'k7',
    });
    expect((await run()).kind).toBe('again');
    const [decision] = decisions;
    expect(decision).toMatchObject({
      next: 'poll-again',
      health: 'auth-blocked',
      reason: 'credential-missing',
      detail: 'seal key k7',
    });
    expect(decision).not.toHaveProperty('page');
    expect({ memory, ...decision }).toMatchObject({ memory });
  });

  it('is given up at the deadline where its pages cannot be opened', async () => {
    const { run, decisions } = setup({
      result: claimedWith({ memory, deadlineAt: claim.claimedAt }),
      outcome: answered(410),
      missingSealKey: 'k7',
    });
    expect(await run()).toEqual({ kind: 'done' });
    const detail = 'last poll: credential-missing, seal key k7';
    expect(decisions).toEqual([{ next: 'abandon', reason: 'tracking-deadline', detail }]);
  });
});

describe('an answer whose body was lost', () => {
  const lost = (status: number, headers: Record<string, string>): FetchOutcome => ({
    kind: 'failed',
    durationMs: 40,
    failure: { reason: 'connection-failed', head: { status, headers } },
  });
  const wait = { 'retry-after': '600' };

  it('binds us by its head: no poll before its Retry-After', async () => {
    const { run, decisions } = setup({ outcome: lost(200, wait) });
    expect(await run()).toEqual({ kind: 'again', delayMs: 600_000 });
    expect(decisions).toMatchObject([{ reason: 'connection-failed', requestedDelayMs: 600_000 }]);
  });

  it('may tell by its head that the export goes on, or has failed', async () => {
    const goesOn = setup({ outcome: lost(200, { ...wait, 'x-export-status': '202 Accepted' }) });
    await goesOn.run();
    expect(goesOn.decisions).toMatchObject([{ next: 'poll-again', inProgress: true }]);
    const failed = setup({ outcome: lost(200, { 'x-export-status': '500 Oops' }) });
    expect(await failed.run()).toEqual({ kind: 'done' });
    expect(failed.decisions).toMatchObject([{ next: 'fail', reason: 'export-failed' }]);
  });

  it('may tell by its head that a delete request was heard', async () => {
    const { run, decisions } = setup({ result: claimedWith({}, 'delete'), outcome: lost(200, {}) });
    expect(await run()).toEqual({ kind: 'done' });
    expect(decisions).toMatchObject([{ next: 'cancel', reason: 'cancelled-by-request' }]);
  });
});

describe('what another origin answers', () => {
  it('is told apart from what the provider of the job does', async () => {
    const redirect = { url: 'https://files.example/manifest', hops: 1 };
    const elsewhere = setup({ result: claimedWith({ memory: { redirect } }) });
    const athome = setup();
    await Promise.all([elsewhere.run(), athome.run()]);

    expect(elsewhere.applied[0]?.facts).toMatchObject({ elsewhere: true });
    expect(athome.applied[0]?.facts).not.toHaveProperty('elsewhere');
  });
});
