import type { ExportEvent } from '@bulkwatch/contract';
import type { Refreshed } from '@bulkwatch/core';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeEvent } from '../src/compose-event.js';
import type { JobRecord, ToldExpiry } from '../src/index.js';
import { scripts } from '../src/scripts.js';
import { type Bench, complete, facts, newJob, openBench, tenant } from './store-bench.js';

const minute = 60_000;
const hour = 60 * minute;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ retryAfterFloorMs: 0 });
});
afterAll(() => bench.close());

const record = (jobId: string) => `{bulkwatch}:job:${jobId}`;
const read = (jobId: string) => bench.jobs.get(tenant, jobId);
const indexed = (jobId: string) => bench.raw.zscore('{bulkwatch}:expiry', jobId);
const waitsInVain = (jobId: string) => bench.raw.zscore('{bulkwatch}:expiring', jobId);
const acknowledge = (jobId: string, subscriber = 'loader') =>
  bench.jobs.acknowledge(tenant, jobId, { subscriber, bearerToken: undefined });

async function sweep(): Promise<ToldExpiry[]> {
  const told: ToldExpiry[] = [];
  await bench.jobs.tellExpiries((one) => told.push(one));
  return told;
}

async function completedJob(
  expiresInMs: number | undefined,
  overrides: Parameters<typeof newJob>[0] = {},
): Promise<string> {
  const { id } = await bench.register(newJob(overrides));
  const expiry = expiresInMs === undefined ? {} : { expiresAt: Date.now() + expiresInMs };
  await bench.jobs.applyDecision(await bench.claim(id), { ...complete, ...expiry }, facts);
  return id;
}

/** Redis's clock cannot be moved, so time passes by moving all that the job knows of its expiry towards now. */
async function pass(jobId: string, ms: number): Promise<void> {
  const [expiresAt, told] = await bench.raw.hmget(record(jobId), 'expiresAt', 'expiryTold');
  const sooner = Number(expiresAt) - ms;
  await bench.raw.hset(record(jobId), 'expiresAt', sooner);
  if (told) await bench.raw.hset(record(jobId), 'expiryTold', `${sooner}-${told.split('-')[1]}`);
  const lookAt = await indexed(jobId);
  if (lookAt !== null) await bench.raw.zadd('{bulkwatch}:expiry', Number(lookAt) - ms, jobId);
}

async function refresh(jobId: string, expiresInMs: number): Promise<void> {
  const { kind } = await bench.jobs.refresh(tenant, jobId, { bearerToken: undefined });
  if (kind === 'refused') return;
  const wake = Number(await bench.raw.hget(record(jobId), 'wake'));
  const fresh: Refreshed = { ...complete, next: 'refreshed', expiresAt: Date.now() + expiresInMs };
  await bench.jobs.applyDecision(await bench.claim(jobId, wake), fresh, facts);
}

const toldOf = async (jobId: string): Promise<ExportEvent[]> =>
  (await bench.events()).filter(
    ({ subject, type }) => subject === jobId && /\.expir(ing|ed)$/.test(type),
  );
const thresholdsOf = (events: readonly ExportEvent[]) =>
  events.map(({ data }) => data.expiry?.thresholdSeconds ?? 'expired');

describe('the expiry clock of a completed job', () => {
  it('tells each threshold once as it passes, then the expiry', async () => {
    const id = await completedJob(30 * hour);
    expect(await sweep()).toEqual([]);
    for (const ms of [7 * hour, 10 * hour, 8 * hour, 4.5 * hour]) {
      await pass(id, ms);
      await Promise.all([sweep(), sweep()]);
      await sweep();
    }
    const told = await toldOf(id);
    expect(thresholdsOf(told)).toEqual([86_400, 21_600, 3_600]);
    const { expiresAt, version } = (await read(id)) ?? {};
    expect(told[2]).toMatchObject({
      id: `${id}.expiring.${expiresAt}-3600`,
      data: {
        job: { expiredAt: null },
        expiry: { expiresAt: new Date(expiresAt ?? 0).toISOString(), assumed: false },
      },
    });
    expect(told[2]?.data.expiry?.remainingSeconds).toBeCloseTo(1_800, -1);

    await pass(id, hour);
    expect(await sweep()).toEqual([{ event: 'expired', acknowledgement: 'unasked' }]);
    const [, , , expired] = await toldOf(id);
    const job = await read(id);
    const at = new Date(job?.expiresAt ?? 0).toISOString();
    expect(expired).toMatchObject({
      id: `${id}.expired.${job?.expiresAt}`,
      data: { job: { state: 'completed', expiredAt: at }, expiry: { remainingSeconds: 0 } },
    });
    expect(job).toMatchObject({ state: 'completed', expiryToldMs: 0, version: (version ?? 0) + 1 });
    expect(await indexed(id)).toBeNull();
    expect(await bench.manifestText(id)).toContain('"u"');
  });

  it('tells one event of a job that completes inside of several thresholds', async () => {
    const id = await completedJob(30 * minute);
    await sweep();
    expect(thresholdsOf(await toldOf(id))).toEqual([3_600]);
  });

  it('tells, after a long outage, only what holds now', async () => {
    const id = await completedJob(40 * hour);
    await pass(id, 38 * hour);
    await sweep();
    await pass(id, 48 * hour);
    await sweep();
    expect(thresholdsOf(await toldOf(id))).toEqual([21_600, 'expired']);
  });

  it('is quiet where nobody knows when the files expire', async () => {
    const id = await completedJob(undefined);
    expect(await indexed(id)).toBeNull();
  });

  it('tells an acknowledged job of nothing but the expiry, unless somebody is waited for again', async () => {
    const id = await completedJob(30 * hour, { requiredSubscribers: ['loader'] });
    await acknowledge(id);
    await pass(id, 10 * hour);
    await sweep();
    expect(await toldOf(id)).toEqual([]);
    await bench.jobs.amend(tenant, id, { requiredSubscribers: ['loader', 'archive'] });
    await sweep();
    expect(thresholdsOf(await toldOf(id))).toEqual([86_400]);
    await acknowledge(id, 'archive');
    await pass(id, 30 * hour);
    expect(await sweep()).toEqual([{ event: 'expired', acknowledgement: 'given' }]);
  });

  it('begins anew when a refresh moves the expiry, and only then', async () => {
    const id = await completedJob(-1);
    await sweep();
    expect((await read(id))?.expiryToldMs).toBe(0);
    await refresh(id, 2 * hour);
    expect(await read(id)).not.toHaveProperty('expiryToldMs');
    await sweep();
    expect(thresholdsOf(await toldOf(id))).toEqual(['expired', 21_600]);
    const { expiresAt = 0 } = (await read(id)) ?? {};
    await refresh(id, expiresAt - Date.now());
    await bench.raw.hset(record(id), { expiresAt, expiryTold: `${expiresAt}-${6 * hour}` });
    await sweep();
    expect(await toldOf(id)).toHaveLength(2);
  });

  it('tells nothing of files that the provider has deleted', async () => {
    const id = await completedJob(30 * hour, { deleteOnAcknowledge: true });
    await acknowledge(id);
    const claim = await bench.claim(id, 2);
    const decision = { next: 'cleaned-up' } as const;
    await bench.jobs.applyDecision(claim, decision, { ...facts, method: 'DELETE' });
    expect(await indexed(id)).toBeNull();
  });

  it('never asks for a delete request, and drops the token that was kept for one', async () => {
    const id = await completedJob(-1, { deleteOnAcknowledge: true, bearerToken: 'canary' });
    expect(await bench.raw.hexists(record(id), 'sealedToken')).toBe(1);
    expect(await sweep()).toEqual([{ event: 'expired', acknowledgement: 'missing' }]);
    expect(await bench.raw.hexists(record(id), 'sealedToken')).toBe(0);
    expect(await bench.raw.zscore('{bulkwatch}:due', id)).toBeNull();
    expect(await read(id)).not.toHaveProperty('deleteUntil');
  });

  it('is told once where a reply is lost, and not at all where the record has changed meanwhile', async () => {
    const id = await completedJob(30 * minute);
    const job = (await read(id)) as JobRecord;
    const { version, expiresAt = 0 } = job;
    const tell = (seen: number) =>
      scripts.tellExpiry(
        bench.raw,
        {
          job: record(id),
          expiry: '{bulkwatch}:expiry',
          expiring: '{bulkwatch}:expiring',
          events: '{bulkwatch}:events',
          tenantEvents: '{bulkwatch}:events',
        },
        {
          jobId: id,
          version: seen,
          told: `${expiresAt}-${hour}`,
          lookAt: expiresAt,
          expiringAt: '',
          event: composeEvent({ word: 'expiring', job, occurrence: 'test', at: Date.now() }).json,
          channel: 'bulkwatch:events:expiring',
          eventsMaxLength: 10_000,
        },
      );
    expect((await tell(version - 1))[0]).toBe('changed');
    expect(await toldOf(id)).toEqual([]);
    expect([await tell(version), await tell(version)]).toEqual([['told'], ['told-before']]);
    expect(await toldOf(id)).toHaveLength(1);
  });

  it('counts who waits in vain', async () => {
    const counted = async () => (await bench.jobs.fleet(0)).expiringCounts['6h'];
    const before = await counted();
    const id = await completedJob(5 * hour, { requiredSubscribers: ['loader'] });
    await completedJob(5 * hour);
    await sweep();
    expect(await counted()).toBe(before + 1);
    expect((await bench.jobs.fleet(0)).expiringCounts['1h']).toBe(0);
    await acknowledge(id);
    expect(await counted()).toBe(before);
    expect(await waitsInVain(id)).toBeNull();
  });

  it('outlasts damaged and lost records', async () => {
    const [lost, damaged, fine] = await Promise.all([
      completedJob(-1),
      completedJob(-1),
      completedJob(-1),
    ]);
    await bench.raw.del(record(lost));
    await bench.raw.hset(record(damaged), 'labels', '{');
    expect(await sweep()).toHaveLength(1);
    expect(thresholdsOf(await toldOf(fine))).toEqual(['expired']);
    expect(await indexed(lost)).toBeNull();
    await bench.raw.del(record(damaged));
    await sweep();
    expect(await indexed(damaged)).toBeNull();
  });

  it('looks past any number of damaged records', async () => {
    const damaged = Array.from({ length: 150 }, (_, n) => `damaged-${n}`);
    const line = bench.raw.pipeline();
    for (const id of damaged)
      line.hset(record(id), { tenant, labels: '{' }).zadd('{bulkwatch}:expiry', 1, id);
    await line.exec();
    const fine = await completedJob(-1);
    expect(await sweep()).toHaveLength(1);
    expect(thresholdsOf(await toldOf(fine))).toEqual(['expired']);
    await bench.raw.del(...damaged.map(record));
    await sweep();
    expect(await bench.raw.zcount('{bulkwatch}:expiry', 1, 1)).toBe(0);
  });

  it('tells nothing twice, and nothing of acknowledged jobs, whatever happens in whatever order', async () => {
    const anyStep = fc.oneof(
      fc.record({ do: fc.constant('pass'), hours: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ do: fc.constant('sweep') }),
      fc.record({ do: fc.constant('sweep-twice') }),
      fc.record({ do: fc.constant('acknowledge') }),
      fc.record({ do: fc.constant('refresh'), hours: fc.integer({ min: -2, max: 40 }) }),
    );
    const anySteps = fc.array(anyStep, { minLength: 4, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const id = await completedJob(30 * hour);
        let sinceAcknowledged: number | undefined;
        for (const step of steps) {
          if (step.do === 'pass' && 'hours' in step) await pass(id, step.hours * hour);
          if (step.do === 'sweep') await sweep();
          if (step.do === 'sweep-twice') await Promise.all([sweep(), sweep()]);
          if (step.do === 'refresh' && 'hours' in step) await refresh(id, step.hours * hour);
          if (step.do === 'acknowledge') {
            await acknowledge(id);
            sinceAcknowledged ??= (await toldOf(id)).length;
          }
        }
        const told = await toldOf(id);
        const occurrences = told.map(
          ({ type, data }) =>
            `${type} ${data.job.manifestVersion} ${data.expiry?.thresholdSeconds}`,
        );
        expect(new Set(occurrences).size).toBe(occurrences.length);
        const later = thresholdsOf(told.slice(sinceAcknowledged ?? told.length));
        expect(later.filter((one) => one !== 'expired')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 20_000);
});
