import {
  type EventWord,
  events,
  finalStates,
  type JobState,
  openStates,
  pollHealths,
  pollHealthTable,
  type Reason,
  stateTable,
  type Transition,
  transitions,
} from '@bulkwatch/contract';
import {
  type Decision,
  decideAfterDelete,
  decideNextStep,
  defaultPolicy,
  type FetchFailure,
  genericPreset,
  joinPages,
  type ProviderPreset,
  protocolOf,
  type RequestOutcome,
  type StatusReading,
} from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claim } from '../src/index.js';
import { type Bench, facts, manifestText, openBench, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Answered at the deadline of the job. */
  readonly late?: boolean;
  /** Answered so long after the claim. */
  readonly afterMs?: number;
}
type Way = (jobId: string) => Promise<unknown>;

const responseOf = ({ status, headers = {}, body = '' }: Answer, receivedAt: number) => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
  receivedAt,
});

/** Applies what core decides, save for the wait, so that the job can be claimed again at once. */
const apply = (claim: Claim, decision: Decision, method: 'GET' | 'DELETE') =>
  bench.jobs.applyDecision(
    claim,
    decision.next === 'poll-again' ? { ...decision, delayMs: 0 } : decision,
    { ...facts, method },
  );

/** Decides as a worker does; pages that have been put by are made one manifest. */
async function decideAndApply(
  claim: Claim,
  outcome: RequestOutcome<StatusReading>,
  now: number = claim.claimedAt,
): Promise<void> {
  const judging = { job: claim.job, now, policy: defaultPolicy, dice: 0 };
  const decision = decideNextStep({ ...judging, outcome });
  const whole =
    decision.next === 'complete-pages'
      ? joinPages(decision, await bench.pages(claim, decision.page?.url))
      : decision;
  await apply(claim, whole, 'GET');
}

const polled =
  (answer: Answer, preset: ProviderPreset = genericPreset): Way =>
  async (jobId) => {
    const claim = await bench.claim(jobId);
    const { memory, deadlineAt } = claim.job;
    const now = answer.late ? deadlineAt : claim.claimedAt + (answer.afterMs ?? 0);
    const protocol = protocolOf(preset);
    const { url } = protocol.statusRequest(claim.job, preset);
    const { statusUrl } = claim.job;
    const context = { preset, memory, url, statusUrl };
    const reading = protocol.readStatus(responseOf(answer, now), context);
    await decideAndApply(claim, { kind: 'read', reading }, now);
  };

const unanswered =
  (reason: FetchFailure['reason']): Way =>
  async (jobId) =>
    decideAndApply(await bench.claim(jobId), { kind: 'failed', failure: { reason } });

/** One after the other. */
const each =
  (...steps: readonly Way[]): Way =>
  async (jobId) => {
    for (const step of steps) await step(jobId);
  };

const cancel =
  (deleteAtProvider: boolean): Way =>
  (jobId) =>
    bench.jobs.cancel(tenant, jobId, { deleteAtProvider });

const deleted =
  (answer: Answer): Way =>
  async (jobId) => {
    await cancel(true)(jobId);
    const claim = await bench.claim(jobId, 2);
    const now = claim.claimedAt;
    const { memory, statusUrl } = claim.job;
    const context = { preset: genericPreset, memory, url: statusUrl, statusUrl };
    const reading = protocolOf(genericPreset).readDelete(responseOf(answer, now), context);
    const outcome = { kind: 'read', reading } as const;
    const judging = { job: claim.job, now, policy: defaultPolicy, dice: 0 };
    const decision = decideAfterDelete({ ...judging, outcome, cancelRequestedAt: now });
    await apply(claim, decision, 'DELETE');
  };

const inProgress = (progress: string) =>
  polled({ status: 202, headers: { 'x-progress': progress } });

const location = 'https://ehr.example/elsewhere';
const redirected = (status: number) => polled({ status, headers: { location } });

const output = '"output":[{"type":"Patient","url":"u"}]';
const partialText = `{"transactionTime":"2026-01-04T17:42:25.000Z",${output}}`;
const pageText = `{${output},"link":[{"relation":"next","url":"page-2"}]}`;
const page = polled({ status: 200, body: pageText });
const tellsOfCancel: ProviderPreset = {
  ...genericPreset,
  cancelled: { statuses: [410], codes: [] },
  progressTexts: { failed: [], cancelled: ['was cancelled'] },
};
const hidden = { status: 202, headers: { 'x-progress': 'was cancelled' } };

/** A poll for each reason that leaves a job open. */
const doubts: readonly Way[] = [
  ...[200, 302, 400, 401, 404, 405, 406, 429, 503].map((status) => polled({ status })),
  polled(hidden, tellsOfCancel),
  each(...[429, 429, 429, 404].map((status) => polled({ status }))),
  unanswered('connection-failed'),
  unanswered('tls-failed'),
  unanswered('timed-out'),
  unanswered('response-too-large'),
  unanswered('provider-not-allowed'),
  unanswered('credential-missing'),
  unanswered('preset-missing'),
  unanswered('token-refused'),
  unanswered('token-unavailable'),
];

/** Each transition of a job that is there, in every way that leads to it. */
const ways: Record<Exclude<Transition, 'register' | 'change-health'>, readonly Way[]> = {
  begin: [inProgress('10%'), polled({ status: 202 }), redirected(303)],
  progress: [inProgress('20%')],
  'go-on': [inProgress('10%'), polled({ status: 202 }), redirected(303)],
  collect: [
    page,
    polled({ status: 202, body: pageText }),
    polled({ status: 202, body: partialText }),
  ],
  stall: [
    polled({
      status: 202,
      headers: { 'x-progress': '10%' },
      afterMs: defaultPolicy.stallAfterMs,
    }),
  ],
  follow: [redirected(301), redirected(302), redirected(308)],
  doubt: doubts,
  'request-delete': [cancel(true), deleted({ status: 503 })],
  complete: [polled({ status: 200, body: manifestText })],
  fail: [polled({ status: 410 })],
  cancel: [
    cancel(false),
    deleted({ status: 202 }),
    deleted({ status: 409 }),
    polled({ status: 410 }, tellsOfCancel),
  ],
  abandon: [polled({ status: 202, late: true }), polled({ status: 503, late: true })],
};

const stateOf = async (jobId: string) => (await bench.jobs.get(tenant, jobId))?.state;

const eventsOf = async (jobId: string) =>
  (await bench.events()).filter(({ subject }) => subject === jobId);

/** A record in an open state. */
async function jobIn(state: JobState): Promise<string> {
  const { id } = await bench.register();
  if (state === 'in-progress') await inProgress('10%')(id);
  expect(await stateOf(id)).toBe(state);
  return id;
}

/** Every way of every transition, from every state that the table has it leave from. */
const steps = (Object.keys(ways) as (keyof typeof ways)[]).flatMap((name) =>
  transitions[name].from.flatMap((from) =>
    ways[name].map((way, index) => ({ name, from, way, number: index + 1 })),
  ),
);

/** The types of the events that a step tells: the first part of a manifest says too that the export has begun. */
function typesOf(row: { to?: JobState; event: EventWord | null }, from: JobState): string[] {
  const begins = from === 'registered' && row.to === 'in-progress';
  const words = [...(begins ? ['progressed' as const] : []), ...(row.event ? [row.event] : [])];
  return [...new Set(words)].map((word) => events[word].type);
}

describe('a record', () => {
  it('begins as registered, with its event', async () => {
    const { id } = await bench.register();

    expect(await stateOf(id)).toBe(transitions.register.to);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['bulkwatch.export.registered']);
  });

  it.each(steps)('makes the transition $name from $from (way $number)', async (step) => {
    const row: { to?: JobState; event: EventWord | null } = transitions[step.name];
    const id = await jobIn(step.from);
    const before = await eventsOf(id);

    await step.way(id);

    const after = row.to ?? step.from;
    expect(await stateOf(id)).toBe(after);
    const told = (await eventsOf(id)).slice(before.length);
    expect(told.map(({ type }) => type)).toEqual(typesOf(row, step.from));
    expect(told.every(({ data }) => data.job.state === after)).toBe(true);
    const reasons: readonly Reason[] = stateTable[after].reasons;
    // Only a job that completes has no need of one.
    if (reasons.length > 0 && after !== 'completed')
      expect(reasons).toContain((await bench.jobs.get(tenant, id))?.reason);
  });

  it.each(transitions['change-health'].from)('tells of another health from %s', async (from) => {
    const telling = await bench.open('worker', { healthEvents: true });
    const id = await jobIn(from);
    const claim = await bench.claim(id);
    const failure = { reason: 'timed-out' } as const;
    const judging = { job: claim.job, now: claim.claimedAt, policy: defaultPolicy, dice: 0 };
    const decision = decideNextStep({ ...judging, outcome: { kind: 'failed', failure } });
    if (decision.next !== 'poll-again') throw new Error(`unexpected ${decision.next}`);
    await telling.jobs.applyDecision(claim, decision, facts);
    await telling.close();

    expect(await stateOf(id)).toBe(from);
    const { event } = transitions['change-health'];
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: events[event].type,
      data: { previousHealth: 'ok', job: { health: 'unreachable' } },
    });
  });

  it('comes to each poll health by the reasons of its row', async () => {
    const seen = new Set<string>();
    for (const doubt of doubts) {
      const { id } = await bench.register();
      await doubt(id);
      const job = await bench.jobs.get(tenant, id);
      seen.add(`${job?.health} by ${job?.reason}`);
    }
    const told = pollHealths.flatMap((health) =>
      pollHealthTable[health].reasons.map((reason) => `${health} by ${reason}`),
    );

    expect([...seen].toSorted()).toEqual(told.toSorted());
  });

  it.each([
    ['with its last page', { status: 200, body: partialText }, 2, null],
    ['without it where it is gone', { status: 410 }, 1, 'manifest-incomplete'],
  ] as const)('completes from pages %s', async (_how, answer, outputCount, reason) => {
    const { id } = await bench.register();
    await page(id);
    await polled(answer)(id);

    const job = await bench.jobs.get(tenant, id);
    expect(job).toMatchObject({ state: 'completed', manifest: { outputCount } });
    expect(job?.reason ?? null).toBe(reason);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(
      (['registered', 'progressed', 'partial', 'completed'] as const).map(
        (word) => events[word].type,
      ),
    );
  });

  const settling = (['complete', 'fail', 'cancel', 'abandon'] as const).flatMap((name) =>
    openStates.map((from) => ({ name, from, to: transitions[name].to })),
  );

  it.each(settling)('stays $to for ever, come from $from', async ({ name, from, to }) => {
    const id = await jobIn(from);
    await ways[name][0]?.(id);
    const before = await eventsOf(id);

    await cancel(false)(id);
    await cancel(true)(id);
    const claimed = await bench.jobs.claimPoll({ jobId: id, wake: 1 }, { nonce: 'late', dice: 0 });

    expect(claimed).toEqual({ kind: 'dropped', why: 'settled' });
    expect(finalStates).toContain(await stateOf(id));
    expect(await stateOf(id)).toBe(to);
    expect(await eventsOf(id)).toEqual(before);
  });
});
