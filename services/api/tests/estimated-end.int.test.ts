import type { Job, JobList } from '@bulkwatch/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, provider, setupApi } from './harness.js';

const hourMs = 3_600_000;
let api: Api;
let redis: Redis;
beforeAll(async () => {
  api = await setupApi();
  redis = new Redis(api.redis.url);
  // As the store leaves it once five exports have completed.
  const history = { historyCount: 5, historyMedianMs: 2 * hourMs, historyP90Ms: 3 * hourMs };
  await redis.hset(`{bulkwatch}:provider:${provider}`, history);
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

const estimateOf = ({ etaAt, etaBasis, registeredAt }: Job) => ({
  hours: etaAt === null ? null : (Date.parse(etaAt) - Date.parse(registeredAt)) / hourMs,
  etaBasis,
});
const byHistory = { hours: 2, etaBasis: 'history' };

describe('the estimated end of an export', () => {
  it('is a part of every answer that shows one job', async () => {
    const id = await api.register();
    const path = `/v1/jobs/${id}`;

    expect(estimateOf((await api.get(path)).body as Job)).toEqual(byHistory);
    const amended = await api.any('patch', path).send({ labels: { a: 'b' } });
    expect(estimateOf(amended.body as Job)).toEqual(byHistory);
    const cancelled = await api.delete(path);
    expect(estimateOf(cancelled.body as Job)).toEqual({ hours: null, etaBasis: null });
  });

  it('is a part of a list, for which the provider is asked for once', async () => {
    await Promise.all([api.register(), api.register(), api.register()]);
    const read = async () => {
      const stats = await redis.info('commandstats');
      return Number(/cmdstat_hmget:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const before = await read();

    const { jobs } = (await api.get('/v1/jobs?state=registered')).body as JobList;

    expect(jobs.length).toBeGreaterThanOrEqual(3);
    for (const job of jobs) expect(estimateOf(job)).toEqual(byHistory);
    expect((await read()) - before).toBe(1);
  });
});
