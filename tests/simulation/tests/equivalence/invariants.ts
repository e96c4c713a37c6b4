import { isDeepStrictEqual } from 'node:util';
import { finalStates } from '@bulkwatch/contract';
import { keys } from '@bulkwatch/store/parts';
import { expect } from 'vitest';
import type { Model } from './model.js';
import type { TwinBench } from './twin-bench.js';

const finals: readonly string[] = finalStates;
/** Far more than any record needs. */
const fieldsMax = 80;

/** What must be true after every command, whatever came before; on the twin, so of both implementations. */
export function checkInvariants(model: Model, bench: TwinBench): void {
  readNewEvents(model, bench);
  for (const jobId of model.jobs) checkJob(model, bench, jobId);
}

function checkJob(model: Model, { twin, context }: TwinBench, jobId: string): void {
  const { commands } = twin;
  const job = commands.hgetall(keys.job(jobId));
  const { state = 'none' } = job;
  const isFinal = finals.includes(state);
  const epoch = Number(job['epoch']);
  const before = model.seen.get(jobId);

  // One end for each final state, and one more for each time that fresh links came.
  const ends = isFinal ? Number(job['manifestVersion'] ?? 1) : 0;
  expect(model.ends.get(jobId) ?? 0, `ends of ${jobId}, which is ${state}`).toBe(ends);
  if (before && finals.includes(before.state)) expect(state, 'a final state').toBe(before.state);
  expect(epoch, 'an epoch').toBeGreaterThanOrEqual(before?.epoch ?? 0);
  model.seen.set(jobId, { state, epoch });

  const isOpen = !isFinal || 'refreshUntil' in job || 'deleteUntil' in job;
  const dueAt = commands.zscore(keys.due, jobId);
  expect(dueAt, `when ${jobId}, which is ${state}, is due`).toBe(
    isOpen ? Number(job['notBefore']) : undefined,
  );
  expect(Object.keys(job).length, 'fields of a record').toBeLessThanOrEqual(fieldsMax);
  const timeline = commands.llen(keys.polls(jobId));
  expect(timeline, 'polls of a timeline').toBeLessThanOrEqual(context.limits.timelineLength);
}

/** Whoever was let in has a place within the limit of the provider. */
export function checkInFlight({ twin: { commands }, context }: TwinBench, origin: string): void {
  const own = Number(commands.hget(keys.provider(origin), 'limits')?.split(' ')[0]);
  const concurrency = own || context.limits.gate.concurrency;
  const inFlight = commands.zcard(keys.inFlight(origin));
  expect(inFlight, `requests in flight at ${origin}`).toBeLessThanOrEqual(concurrency);
}

interface Told {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
}

/** Every event has an id of its own. */
function readNewEvents(model: Model, { twin }: TwinBench): void {
  const stream = twin.commands.space.find(keys.events, 'stream')?.entries ?? [];
  for (const { fields } of stream.slice(model.eventIds.size)) {
    const { id, type, subject } = JSON.parse(String(fields[1])) as Told;
    expect(model.eventIds, 'ids of events').not.toContain(id);
    model.eventIds.add(id);
    if (!finals.includes(type.split('.').at(-1) ?? '')) continue;
    model.ends.set(subject, (model.ends.get(subject) ?? 0) + 1);
  }
}

/** Nothing that was submitted in confidence is anywhere in clear. */
export function checkSealed({ twin: { commands } }: TwinBench, canary: string): void {
  const { space } = commands;
  const leaks = space.keys().filter((key) => textOf(space.entry(key)).includes(canary));
  expect(leaks, `keys with ${canary}`).toEqual([]);
}

const textOf = (entry: unknown): string =>
  JSON.stringify(entry, (_name, value: unknown) =>
    value instanceof Map || value instanceof Set
      ? [...(value as Iterable<unknown>)]
      : value instanceof Uint8Array
        ? Buffer.from(value).toString()
        : value,
  );

/** A record that a stale answer met must be as it was. */
export function expectUntouched(before: unknown, after: unknown): void {
  expect(isDeepStrictEqual(before, after), 'a stale answer changed a record').toBe(true);
}
