import {
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
  readDeleteResponse,
  readStatusResponse,
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

const polled =
  (answer: Answer): Way =>
  async (jobId) => {
    const claim = await bench.claim(jobId);
    const now = answer.late ? claim.job.deadlineAt : claim.claimedAt;
    const reading = readStatusResponse(responseOf(answer, now));
    const outcome = { kind: 'read', reading } as const;
    const judging = { job: claim.job, now, policy: defaultPolicy, dice: 0 };
    await apply(claim, decideNextStep({ ...judging, outcome }), 'GET');
  };

const unanswered =
  (reason: FetchFailure['reason']): Way =>
  async (jobId) => {
    const claim = await bench.claim(jobId);
    const outcome = { kind: 'failed', failure: { reason } } as const;
    const judging = { job: claim.job, now: claim.claimedAt, policy: defaultPolicy, dice: 0 };
    await apply(claim, decideNextStep({ ...judging, outcome }), 'GET');
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
    const outcome = { kind: 'read', reading: readDeleteResponse(responseOf(answer, now)) } as const;
    const judging = { job: claim.job, now, policy: defaultPolicy, dice: 0 };
    const decision = decideAfterDelete({ ...judging, outcome, cancelRequestedAt: now });
    await apply(claim, decision, 'DELETE');
  };

const inProgress = (progress: string) =>
  polled({ status: 202, headers: { 'x-progress': progress } });

/** A poll for each reason that leaves a job open. */
const doubts: readonly Way[] = [
  ...[200, 302, 400, 401, 404, 405, 429, 503].map((status) => polled({ status })),
  unanswered('connection-failed'),
  unanswered('tls-failed'),
  unanswered('timed-out'),
  unanswered('response-too-large'),
  unanswered('provider-not-allowed'),
  unanswered('credential-missing'),
  unanswered('token-unavailable'),
];

/** Each transition of a job that is there, in every way that leads to it. */
const ways: Record<Exclude<Transition, 'register'>, readonly Way[]> = {
  begin: [inProgress('10%'), polled({ status: 202 })],
  progress: [inProgress('20%')],
  'go-on': [inProgress('10%'), polled({ status: 202 })],
  doubt: doubts,
  'request-delete': [cancel(true), deleted({ status: 503 })],
  complete: [polled({ status: 200, body: manifestText })],
  fail: [polled({ status: 410 })],
  cancel: [cancel(false), deleted({ status: 202 }), deleted({ status: 409 })],
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

describe('a record', () => {
  it('begins as registered, with its event', async () => {
    const { id } = await bench.register();

    expect(await stateOf(id)).toBe(transitions.register.to);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['bulkwatch.export.registered']);
  });

  it.each(steps)('makes the transition $name from $from (way $number)', async (step) => {
    const row: { to?: JobState; event: string | null } = transitions[step.name];
    const id = await jobIn(step.from);
    const before = await eventsOf(id);

    await step.way(id);

    const after = row.to ?? step.from;
    expect(await stateOf(id)).toBe(after);
    const told = (await eventsOf(id)).slice(before.length);
    expect(told.map(({ type }) => type)).toEqual(
      row.event === null ? [] : [`bulkwatch.export.${row.event}`],
    );
    expect(told.every(({ data }) => data.job.state === after)).toBe(true);
    const reasons: readonly Reason[] = stateTable[after].reasons;
    if (reasons.length > 0) expect(reasons).toContain((await bench.jobs.get(tenant, id))?.reason);
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
