import { finalStates } from '@bulkwatch/contract';
import { keys, scripts } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { recordOf } from './control-commands.js';
import { type Deed, deed, hasJobs, jobAt, type Model, reach } from './model.js';
import type { TwinBench } from './twin-bench.js';

const finals: readonly string[] = finalStates;
const minute = 60_000;
const day = 86_400_000;

/** Tells of all files that expire soon, or have expired. */
export const tellExpiries = (): Deed =>
  deed('tellExpiries', null, {
    async run(model, { jobs, problems, twin }) {
      await jobs.tellExpiries(({ event, acknowledgement }) =>
        reach(model, `told ${event} ${acknowledgement}`),
      );
      const late = twin.commands.zrangebyscore(
        keys.expiry,
        { score: -Infinity },
        { score: twin.now },
      );
      expect(late, 'files whose expiry nobody looked at').toEqual([]);
      expect(problems, 'problems').toEqual([]);
    },
  });

export interface Tending {
  readonly tenant: string;
  readonly state: 'completed' | 'cancelled' | 'failed' | 'abandoned';
  readonly limit: number;
  readonly after?: number;
  readonly jobsMs: number | '';
  readonly pollsMs: number | '';
  readonly manifestsMs: number | '';
}

/** Looks after a page of settled jobs. */
export const tend = (what: Tending): Deed =>
  deed('tend', what, {
    async run(model, bench, { tenant, state, limit, after, jobsMs, pollsMs, manifestsMs }) {
      const { context } = bench;
      const [last, ...removed] = await scripts.tendSettled(
        context.redis,
        {
          index: `${keys.index(tenant)}:${state}`,
          jobs: keys.jobs,
          ...keys.bases,
          due: keys.due,
          expiry: keys.expiry,
          expiring: keys.expiring,
          webhooksFailing: '{bulkwatch}:webhooks-failing',
          webhooksDisabled: '{bulkwatch}:webhooks-disabled',
        },
        {
          after: after === undefined || !hasJobs(model) ? '-' : `(${jobAt(model, after)}`,
          before: '+',
          limit,
          jobsMs,
          pollsMs,
          manifestsMs,
          expiryAheadMs: Math.max(0, ...context.limits.expiringThresholdsMs),
          filesMaxMs: 7 * day,
        },
      );
      reach(model, last === '' ? 'tended the last page' : 'tended a page');
      ['job', 'timeline', 'manifest'].forEach((name, i) => {
        if (Number(removed[i]) > 0) reach(model, `removed a ${name}`);
      });
      forgetRemoved(model, bench);
    },
  });

/** The same by the walk over all of them that workers do. */
export const tendAll = (what: { readonly keptMs: number }): Deed =>
  deed('tendAll', what, {
    async run(model, bench, { keptMs }) {
      await bench.jobs.tendSettled({
        holder: 'worker-1',
        retention: { jobsMs: keptMs, pollsMs: keptMs, manifestsMs: keptMs },
        everyMs: 0,
        onRemoved: (removed) => reach(model, `walk ${removed.jobs > 0 ? 'removed' : 'kept'}`),
        rest: async () => undefined,
        isOver: () => false,
      });
      forgetRemoved(model, bench);
    },
  });

/** Of a job that is removed nothing is left, and none that is open ever is. */
function forgetRemoved(model: Model, { twin }: TwinBench): void {
  const { space } = twin.commands;
  const removed = model.jobs.filter((id) => !space.exists(keys.job(id)));
  for (const id of removed) {
    expect(finals, 'the state of a job that was removed').toContain(model.seen.get(id)?.state);
    expect(
      space.keys().filter((key) => key.includes(id)),
      `keys of ${id}`,
    ).toEqual([]);
    expect(twin.commands.zscore(keys.due, id), 'when a removed job is due').toBeUndefined();
    model.jobs.splice(model.jobs.indexOf(id), 1);
  }
}

/** A record is gone, and what points at it is not: as where Redis's data was patched together by hand. */
export const loseRecord = (what: { readonly job: number }): Deed =>
  deed('loseRecord', what, {
    check: hasJobs,
    async run(model, bench, { job }) {
      const id = jobAt(model, job);
      await bench.twin.redis.hdel(keys.job(id), ...Object.keys(recordOf(bench, id)));
      model.jobs.splice(model.jobs.indexOf(id), 1);
    },
  });

/** A process of a release that does not know the index of poll health changes a record. */
export const olderRelease = (what: { readonly job: number; readonly health: string }): Deed =>
  deed('olderRelease', what, {
    check: hasJobs,
    async run(model, bench, { job, health }) {
      const id = jobAt(model, job);
      const { state } = recordOf(bench, id);
      if (state !== 'registered' && state !== 'in-progress') return;
      await bench.twin.redis.hset(keys.job(id), 'health', health);
    },
  });

/** Puts the index of poll health right: afterwards it says of the jobs in it what their records say. */
export const mendHealth = (): Deed =>
  deed('mendHealth', null, {
    async run(model, bench) {
      const { commands } = bench.twin;
      const before = JSON.stringify(commands.zrange(keys.health, 0, -1));
      await bench.jobs.mendHealth(0);
      const after = commands.zrange(keys.health, 0, -1);
      reach(model, JSON.stringify(after) === before ? 'health was right' : 'health mended');
      for (const [id] of after) {
        const { pausedAt, health = 'ok' } = recordOf(bench, id);
        expect(pausedAt ?? (health === 'ok' ? undefined : health), `health of ${id}`).toBeDefined();
      }
    },
  });

/** Seals a text of a record anew; a worker may have changed it meanwhile. */
export const reseal = (what: { readonly job: number; readonly meanwhile: boolean }): Deed =>
  deed('reseal', what, {
    check: hasJobs,
    async run(model, bench, { job, meanwhile }) {
      const id = jobAt(model, job);
      const fields = ['sealedStatusUrl', 'sealedToken'].filter(
        (name) => name in recordOf(bench, id),
      );
      const read = recordOf(bench, id);
      const swaps = fields.flatMap((name) => [
        name,
        meanwhile ? 'what it was' : (read[name] ?? ''),
        read[name] ?? '',
      ]);
      if (swaps.length === 0) return;
      const [kind] = await scripts.resealJob(bench.context.redis, { job: keys.job(id) }, {}, swaps);
      reach(model, String(kind));
      expect(kind).toBe(meanwhile ? 'changed' : 'resealed');
    },
  });

export interface Asking {
  readonly caller: string;
  readonly requests: number;
  readonly windowMs: number;
}

/** Takes a request out of somebody's quota. */
export const takeRequest = (what: Asking): Deed =>
  deed('takeRequest', what, {
    async run(model, { context }, { caller, requests, windowMs }) {
      const [taken, remaining, waitMs] = await scripts.takeRequest(
        context.redis,
        { bucket: keys.requestQuota(caller) },
        { requests, windowMs },
      );
      reach(model, taken === 1 ? 'within the quota' : 'beyond the quota');
      expect(Number(remaining)).toBeLessThan(requests);
      expect(Number(waitMs) > 0, 'whether to wait').toBe(taken === 0);
    },
  });

const keptMs = fc.constantFrom<number | ''>('', 0, minute, 2 * day);

/** What workers look after by the clock, and the api before each request. */
export const upkeep: readonly fc.Arbitrary<Deed>[] = [
  fc.constant(null).map(tellExpiries),
  fc.constant(null).map(tellExpiries),
  fc
    .record(
      {
        tenant: fc.constantFrom('default', 'clinic', 'other'),
        state: fc.constantFrom('completed', 'completed', 'cancelled', 'failed', 'abandoned'),
        limit: fc.constantFrom(1, 25),
        after: fc.nat(4),
        jobsMs: keptMs,
        pollsMs: keptMs,
        manifestsMs: keptMs,
      },
      { requiredKeys: ['tenant', 'state', 'limit', 'jobsMs', 'pollsMs', 'manifestsMs'] },
    )
    .map(tend),
  fc.record({ keptMs: fc.constantFrom(0, 2 * day, Infinity) }).map(tendAll),
  fc
    .record({ job: fc.nat(4), health: fc.constantFrom('ok', 'unreachable', 'provider-error') })
    .map(olderRelease),
  fc.constant(null).map(mendHealth),
  fc.record({ job: fc.nat(4), meanwhile: fc.boolean() }).map(reseal),
  fc
    .record({
      caller: fc.constantFrom('ann', 'bob'),
      // Nobody's quota is full again within a second: see Twin.passTo.
      requests: fc.constantFrom(1, 3, 7),
      windowMs: fc.constantFrom(20_000, minute, 100_003),
    })
    .map(takeRequest),
];
