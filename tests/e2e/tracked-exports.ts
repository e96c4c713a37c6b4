import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Job, Problem } from '@bulkwatch/contract';
import { oracleExport } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { expect } from 'vitest';
import type { Fleet } from './fleet.js';

/** The redis.conf that operators are given. */
export const shippedConf = fileURLToPath(new URL('../../infra/redis/redis.conf', import.meta.url));

/** The promise is a second; the rest is for a machine that is busy with other tests. */
const aSecondMs = 1_500;

export interface Wanted {
  /** Answers of `202` before the end. */
  readonly polls?: number;
  readonly retryAfterSeconds?: number;
}

/** Registers that many exports, which ask to be polled each second unless told so. */
export async function track(fleet: Fleet, count: number, wanted: Wanted = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 5, ...wanted }));
    ids.push((await fleet.register({ statusUrl, credential: 'oracle' })).id);
  }
  return ids;
}

/** What became of one call: the job, or nothing that anybody knows of. */
export type Attempt = { readonly kind: 'kept'; readonly id: string } | { readonly kind: 'unknown' };

/** Registers an export. Where Redis cannot serve, the api has to say so within a second. */
export async function attempt(fleet: Fleet): Promise<Attempt> {
  const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 2 }));
  const startedMs = performance.now();
  const response = await fetch(`${fleet.apiUrl}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ statusUrl, credential: 'oracle' }),
  });
  if (response.ok) return { kind: 'kept', id: ((await response.json()) as Job).id };
  expect(response.status).toBe(503);
  expect(((await response.json()) as Problem).reason).toBe('store-unavailable');
  expect(performance.now() - startedMs).toBeLessThan(aSecondMs);
  return { kind: 'unknown' };
}

export const expectRefused = async (fleet: Fleet): Promise<void> =>
  expect(await attempt(fleet)).toEqual({ kind: 'unknown' });

/** Registers one export after the other until it is told to end. */
export function registerOn(fleet: Fleet): {
  /** Waits until so many more have been accepted. */
  untilMore(count: number): Promise<unknown>;
  /** Resolves with the ids of all that were accepted. */
  end(): Promise<readonly string[]>;
} {
  const accepted: string[] = [];
  const over = new AbortController();
  const going = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const result = await attempt(fleet);
      if (result.kind === 'kept') accepted.push(result.id);
      await pause(30);
    }
  })();
  return {
    untilMore(count) {
      const wanted = accepted.length + count;
      return eventually(() => expect(accepted.length).toBeGreaterThanOrEqual(wanted), {
        timeoutMs: 30_000,
      });
    },
    async end() {
      over.abort();
      await going;
      return accepted;
    },
  };
}

/** Waits until these, and all others, have been completed, and looks whether each was told of once and nothing was asked early. */
export async function expectKept(fleet: Fleet, ids: readonly string[]): Promise<void> {
  await expectAllCompleted(fleet, ids);
  expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  expect(fleet.simulator.record.forgotten).toBe(0);
}

/** The same, whatever was asked early. */
export async function expectAllCompleted(fleet: Fleet, ids: readonly string[]): Promise<void> {
  const jobs = await eventually(
    async () => {
      const all = await fleet.jobs();
      const open = all.filter(({ state }) => state !== 'completed');
      expect(open.map(({ id, state, reason, dueAt }) => ({ id, state, reason, dueAt }))).toEqual(
        [],
      );
      return all;
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
  const known = jobs.map(({ id }) => id);
  expect(known).toEqual(expect.arrayContaining([...ids]));
  const told = (await fleet.events()).filter(({ type }) => type === 'bulkwatch.export.completed');
  expect(told.map(({ subject }) => subject).toSorted()).toEqual(known.toSorted());
}

/** Waits for so many more polls. */
export const untilPolled = (fleet: Fleet, more: number, timeoutMs = 40_000): Promise<unknown> => {
  const before = fleet.simulator.record.requests.length;
  return eventually(
    () => expect(fleet.simulator.record.requests.length).toBeGreaterThanOrEqual(before + more),
    { timeoutMs },
  );
};

/** What was claimed before a trouble began has been asked by then. */
const underWayMs = 1_000;

/** Looks for so long whether anybody is polled, though jobs are due. */
export async function expectNoPolls(fleet: Fleet, forMs: number): Promise<void> {
  await pause(underWayMs);
  const before = fleet.simulator.record.requests.length;
  await pause(forMs);
  expect(fleet.simulator.record.requests.length).toBe(before);
}
