import { keys, scripts } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectUntouched } from './invariants.js';
import { type Deed, deed, hasJobs, jobAt, type Model, reach } from './model.js';
import { canary } from './movement-commands.js';
import { inRun } from './resend.js';
import type { TwinBench } from './twin-bench.js';

export type Fields = Readonly<Record<string, string>>;

export const recordOf = ({ twin }: TwinBench, jobId: string): Fields =>
  twin.commands.hgetall(keys.job(jobId));

/** Latest instant that a run has seen; before it, the clock was set back. */
const latest = new WeakMap<Model, number>();

/** Notes run and time with each deed, so that others know whether the clock was set back, and what was called last. */
export const noted = (done: Deed): Deed => ({
  check: (model) => done.check(model),
  toString: () => String(done),
  async run(model, bench) {
    inRun(bench, model);
    latest.set(model, Math.max(latest.get(model) ?? 0, bench.twin.now));
    await done.run(model, bench);
    latest.set(model, Math.max(latest.get(model) ?? 0, bench.twin.now));
  },
});

/**
 * A deed to one job, by what it is made of. What it came to is noted; unless it was done with force, it must not have
 * brought a poll nearer than the provider asked for.
 */
function controls<What extends { readonly job: number }>(
  name: string,
  what: What,
  does: (
    bench: TwinBench,
    job: { readonly id: string; readonly tenant: string; readonly before: Fields },
    model: Model,
  ) => Promise<{ readonly result: string; readonly mayBeEarly?: boolean }>,
): Deed {
  return deed(name, what, {
    check: hasJobs,
    async run(model, bench, { job }) {
      const id = jobAt(model, job);
      const before = recordOf(bench, id);
      const tenant = before['tenant'] ?? 'default';
      const { result, mayBeEarly = false } = await does(bench, { id, tenant, before }, model);
      const after = recordOf(bench, id);
      reach(model, `${name} ${result}`);
      if (!mayBeEarly) expectPatience(model, bench, { before, after });
    },
  });
}

/** Where a job is due sooner than it was, the wait that its provider asked for is over by then. */
function expectPatience(
  model: Model,
  { twin }: TwinBench,
  { before, after }: { readonly before: Fields; readonly after: Fields },
): void {
  const isSooner = Number(after['notBefore']) < Number(before['notBefore']);
  if (!isSooner || twin.now < (latest.get(model) ?? 0)) return;
  expect(Number(after['notBefore']), 'when it is due now').toBeGreaterThanOrEqual(
    Number(before['retryAfterUntil'] ?? 0),
  );
}

export interface Cancelling {
  readonly job: number;
  readonly deleteAtProvider: boolean;
}

export const cancel = (what: Cancelling): Deed =>
  controls('cancel', what, async (bench, { id, tenant, before }) => {
    const { deleteAtProvider } = what;
    const { kind } = await bench.jobs.cancel(tenant, id, { deleteAtProvider });
    const after = recordOf(bench, id);
    if (kind === 'cancelled') expect(after['state']).toBe('cancelled');
    if (kind === 'cancelling') expect(after['intent']).toBe('delete');
    if (kind !== 'cancelled' && kind !== 'cancelling') expectUntouched(before, after);
    // Nobody waits for an export that is not wanted any more.
    return { result: kind, mayBeEarly: true };
  });

/** Of a job of another tenant nobody hears or changes anything. */
export const meddle = (what: { readonly job: number }): Deed =>
  controls('meddle', what, async (bench, { id, before }) => {
    const { jobs } = bench;
    const answers = [
      (await jobs.cancel('stranger', id, { deleteAtProvider: true })).kind,
      await jobs.pause('stranger', id, 'mallory').then(refusal),
      await jobs.pollNow('stranger', id, { force: true }).then(refusal),
      await jobs
        .acknowledge('stranger', id, { subscriber: 'x', bearerToken: undefined })
        .then(refusal),
      (await jobs.amend('stranger', id, { deadlineAt: 1 })).kind,
      await jobs.republish('stranger', id).then(refusal),
    ];
    expect(answers).toEqual(answers.map(() => 'not-found'));
    expectUntouched(before, recordOf(bench, id));
    return { result: 'in vain' };
  });

const refusal = (result: { readonly kind: string; readonly why?: string }): string =>
  result.why ?? result.kind;

export const pauseOne = (what: { readonly job: number; readonly by: string }): Deed =>
  controls('pause', what, async (bench, { id, tenant, before }) => {
    const result = await bench.jobs.pause(tenant, id, what.by);
    const after = recordOf(bench, id);
    if (result.kind === 'done') expect(after['pausedBy']).toBe(before['pausedBy'] ?? what.by);
    else expectUntouched(before, after);
    expect(after['notBefore'], 'when a paused job is due').toBe(before['notBefore']);
    return { result: refusal(result) };
  });

export const resumeOne = (what: { readonly job: number }): Deed =>
  controls('resume', what, async (bench, { id, tenant, before }) => {
    const result = await bench.jobs.resume(tenant, id);
    const after = recordOf(bench, id);
    expect(after['pausedAt']).toBeUndefined();
    if (before['pausedAt'] === undefined) expectUntouched(before, after);
    const held = before['heldBy'] === 'paused' ? ' what was held' : '';
    return { result: `${refusal(result)}${held}` };
  });

export interface PollingNow {
  readonly job: number;
  readonly force: boolean;
  readonly floorMs: number;
}

export const pollNow = (what: PollingNow): Deed =>
  controls('poll now', what, async (bench, { id, tenant, before }) => {
    const { force, floorMs } = what;
    const presetFloorMs = () => floorMs;
    const result = await bench.jobs.pollNow(tenant, id, { force, presetFloorMs });
    const after = recordOf(bench, id);
    const isAsked = after['wake'] !== before['wake'];
    if (!isAsked) expectUntouched(before, after);
    return {
      result: `${refusal(result)}${isAsked ? ' due' : ''}${force ? ' by force' : ''}`,
      mayBeEarly: force,
    };
  });

export interface Amending {
  readonly job: number;
  readonly hasToken?: boolean;
  readonly deadlineMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deletes?: boolean;
  readonly subscribers?: readonly string[];
}

export const amend = (what: Amending): Deed =>
  controls('amend', what, async (bench, { id, tenant, before }) => {
    const { hasToken, deadlineMs, labels, deletes, subscribers } = what;
    const { kind } = await bench.jobs.amend(tenant, id, {
      ...(hasToken ? { bearerToken: `${canary}-amended` } : {}),
      ...(deadlineMs === undefined ? {} : { deadlineAt: bench.twin.now + deadlineMs }),
      ...(labels ? { labels } : {}),
      ...(deletes === undefined ? {} : { deleteOnAcknowledge: deletes }),
      ...(subscribers ? { requiredSubscribers: subscribers } : {}),
    });
    const after = recordOf(bench, id);
    if (kind !== 'amended') expectUntouched(before, after);
    const isSooner = Number(after['notBefore']) < Number(before['notBefore']);
    const held = before['heldBy'] === 'paused' ? ' while paused' : '';
    return {
      result: `${kind} ${before['state'] === 'completed' ? 'completed' : 'open'}${held}${isSooner ? ' sooner' : ''}`,
      // What a pause holds, follows the deadline; a claim looks at the Retry-After again.
      mayBeEarly:
        before['heldBy'] === 'paused' || (kind === 'amended' && before['state'] === 'completed'),
    };
  });

export const refresh = (what: { readonly job: number; readonly hasToken: boolean }): Deed =>
  controls('refresh', what, async (bench, { id, tenant, before }) => {
    const bearerToken = what.hasToken ? `${canary}-fresh` : undefined;
    const result = await bench.jobs.refresh(tenant, id, { bearerToken });
    const after = recordOf(bench, id);
    if (result.kind === 'done') expect(after['refreshUntil']).toBeDefined();
    else expectUntouched(before, after);
    const again = before['refreshUntil'] === undefined ? '' : ' again';
    const isAsked = after['wake'] !== before['wake'] ? ' due' : '';
    return { result: `${refusal(result)}${again}${isAsked}` };
  });

export interface Acknowledging {
  readonly job: number;
  readonly subscriber: string;
  readonly hasToken: boolean;
}

export const acknowledge = (what: Acknowledging): Deed =>
  controls('acknowledge', what, async (bench, { id, tenant, before }) => {
    const { subscriber, hasToken } = what;
    const bearerToken = hasToken ? `${canary}-of-${subscriber}` : undefined;
    const result = await bench.jobs.acknowledge(tenant, id, { subscriber, bearerToken });
    const after = recordOf(bench, id);
    if (result.kind !== 'acknowledged') expectUntouched(before, after);
    else expectAcknowledged(after);
    const isAsked = after['deleteUntil'] !== before['deleteUntil'] ? ' asks for delete' : '';
    // The delete request is no poll.
    return { result: `${refusal(result)}${isAsked}`, mayBeEarly: true };
  });

/** A job counts as acknowledged exactly when all have said so who are required. */
function expectAcknowledged(job: Fields): void {
  const said = (job['acknowledgements'] ?? '').split(' ').map((one) => one.split(':')[0]);
  const required = (job['requiredSubscribers'] ?? '').split(' ').filter((name) => name !== '');
  const isDone = required.every((name) => said.includes(name));
  expect('acknowledgedAt' in job, `acknowledged by ${said.join()}`).toBe(isDone);
}

export const republish = (what: { readonly job: number }): Deed =>
  controls('republish', what, async (bench, { id, tenant, before }, model) => {
    const stream = bench.twin.commands.space.find(keys.events, 'stream')?.entries ?? [];
    const [countBefore, lastBefore] = [stream.length, stream.at(-1)];
    const result = await bench.jobs.republish(tenant, id);
    const newest = stream.at(-1);
    if (result.kind !== 'done') {
      expect(newest).toBe(lastBefore);
      return { result: refusal(result) };
    }
    expect(stream.length, 'events').toBe(countBefore + 1);
    const told = JSON.parse(String(newest?.fields[1])) as { id: string; subject: string };
    expect(told.subject).toBe(id);
    expect(model.eventIds, 'the id of an event that is told again').toContain(told.id);
    expect(recordOf(bench, id)['version']).toBe(before['version']);
    // It is in the stream a second time, and has been looked at.
    model.eventIds.add(`again ${stream.length}`);
    return { result: 'done' };
  });

export interface HousePause {
  /** A provider, or everything. */
  readonly provider: string | undefined;
  readonly by: string;
}

/** An operator pauses a provider or everything, or lets it go on. */
export const operatorPause = (what: HousePause): Deed =>
  deed('operator pause', what, {
    async run(model, { context, twin }, { provider, by }) {
      const record = provider === undefined ? keys.house : keys.provider(provider);
      const before = twin.commands.hget(record, 'operatorPausedBy');
      const [at, who] = await scripts.setOperatorPause(
        context.redis,
        { record, paused: keys.providersPaused },
        { what: provider ?? '*', by },
      );
      reach(model, `operator ${by === '' ? 'resumes' : 'pauses'}${before ? ' again' : ''}`);
      expect(who).toBe(by === '' ? '' : (before ?? by));
      expect(at === '', 'whether it is paused').toBe(by === '');
    },
  });

const job = fc.nat(4);
const origins = ['https://a.example', 'https://b.example', 'https://c.example'];

/** What operators and subscribers do. */
export const controlling: readonly fc.Arbitrary<Deed>[] = [
  fc.record({ job, deleteAtProvider: fc.boolean() }).map(cancel),
  fc.record({ job }).map(meddle),
  fc.record({ job, by: fc.constantFrom('ann', 'bob') }).map(pauseOne),
  fc.record({ job }).map(resumeOne),
  fc
    .record({ job, force: fc.boolean(), floorMs: fc.constantFrom(0, 0, 1_000, 60_000) })
    .map(pollNow),
  fc
    .record(
      {
        job,
        hasToken: fc.boolean(),
        deadlineMs: fc.constantFrom(-1_000, 1_000, 60_000, 86_400_000),
        labels: fc.constantFrom({}, { ward: '7' }),
        deletes: fc.boolean(),
        subscribers: fc.constantFrom([], ['lake'], ['mart', 'lake']),
      },
      { requiredKeys: ['job'] },
    )
    .map(amend),
  fc
    .record(
      { job, deletes: fc.boolean(), subscribers: fc.constantFrom([], ['lake'], ['mart', 'lake']) },
      { requiredKeys: ['job', 'deletes'] },
    )
    .map(amend),
  fc.record({ job, hasToken: fc.boolean() }).map(refresh),
  fc
    .record({ job, subscriber: fc.constantFrom('lake', 'mart', 'audit'), hasToken: fc.boolean() })
    .map(acknowledge),
  fc
    .record({ job, subscriber: fc.constantFrom('lake', 'mart'), hasToken: fc.boolean() })
    .map(acknowledge),
  fc.record({ job }).map(republish),
  fc
    .record({
      provider: fc.constantFrom(undefined, ...origins),
      by: fc.constantFrom('ann', '', '', ''),
    })
    .map(operatorPause),
];
