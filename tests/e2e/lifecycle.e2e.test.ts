import { setTimeout as pause } from 'node:timers/promises';
import { oracleExport } from '@bulkwatch/simulator';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, portOf, startFleet } from './fleet.js';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet();
});
afterEach(() => fleet?.stop());

/** An export whose one poll in progress takes a while to be answered. */
const slowExport = (delayMs: number) =>
  fleet.simulator.createExport({
    steps: [{ answer: 'in-progress', retryAfterSeconds: 1, delayMs }, { answer: 'complete' }],
  });

const registered = (statusUrl: string) => fleet.register({ statusUrl, credential: 'oracle' });
const polledOnce = (exportId: string) =>
  eventually(() => expect(fleet.simulator.record.requestsOf(exportId).length).toBeGreaterThan(0));

const textAt = async (url: string): Promise<string> => (await fetch(url)).text();

async function statusOf(url: string): Promise<{ status: number; tookMs: number }> {
  const from = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  return { status: response.status, tookMs: performance.now() - from };
}

describe('SIGTERM', () => {
  it('finishes the poll in flight and records it; another worker goes on', async () => {
    const worker = await fleet.startWorker();
    const { id, statusUrl } = slowExport(1_500);
    const job = await registered(statusUrl);
    await polledOnce(id);

    expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await fleet.job(job.id)).toMatchObject({ state: 'in-progress', pollCount: 1 });

    await fleet.startWorker();
    await eventually(
      async () => expect(await fleet.job(job.id)).toMatchObject({ state: 'completed' }),
      {
        timeoutMs: 10_000,
      },
    );
    expect(fleet.simulator.record.requestsOf(id)).toHaveLength(2);
    expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  });

  it('cuts off what does not end, and exits inside the grace period', async () => {
    const worker = await fleet.startWorker({
      env: { BULKWATCH_SHUTDOWN_GRACE: '3s', BULKWATCH_REQUEST_TIMEOUT: '30s' },
    });
    const { id, statusUrl } = slowExport(60_000);
    await registered(statusUrl);
    await polledOnce(id);
    const from = performance.now();
    expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it('ends both services inside the grace period when Redis is gone', async () => {
    const worker = await fleet.startWorker({ env: { BULKWATCH_SHUTDOWN_GRACE: '6s' } });
    await fleet.redis.kill();
    const from = performance.now();
    const exits = await Promise.all([worker.stop('SIGTERM'), fleet.api.stop('SIGTERM')]);
    expect(exits).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    expect(performance.now() - from).toBeLessThan(6_000);
    await fleet.redis.restart();
  });

  it('exits at once on the second signal', async () => {
    const worker = await fleet.startWorker({ env: { BULKWATCH_REQUEST_TIMEOUT: '30s' } });
    const { id, statusUrl } = slowExport(60_000);
    await registered(statusUrl);
    await polledOnce(id);
    process.kill(worker.pid, 'SIGTERM');
    await pause(200);
    process.kill(worker.pid, 'SIGTERM');
    const from = performance.now();
    await worker.exited;
    expect(performance.now() - from).toBeLessThan(500);
  });
});

describe('Redis', () => {
  it('away: the api says 503 at once, nothing is ready; back: everything goes on by itself', async () => {
    const worker = await fleet.startWorker();
    const { statusUrl } = fleet.simulator.createExport(
      oracleExport({ polls: 8, retryAfterSeconds: 1 }),
    );
    const job = await registered(statusUrl);
    const apiReady = `http://127.0.0.1:${portOf(fleet.api, 'api listening', 'opsPort')}/readyz`;
    const workerReady = `http://127.0.0.1:${portOf(worker, 'worker running', 'opsPort')}/readyz`;
    expect([await statusOf(apiReady), await statusOf(workerReady)]).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);

    await fleet.redis.kill();
    for (const url of [`${fleet.apiUrl}/v1/jobs/${job.id}`, apiReady, workerReady]) {
      const answer = await statusOf(url);
      expect(answer).toMatchObject({ status: 503 });
      expect(answer.tookMs).toBeLessThan(1_000);
    }
    expect(await textAt(workerReady.replace('readyz', 'metrics'))).toContain(
      'bulkwatch_redis_up 0',
    );
    await pause(3_000);
    await fleet.redis.restart();

    await eventually(
      async () => expect(await fleet.job(job.id)).toMatchObject({ state: 'completed' }),
      {
        timeoutMs: 40_000,
        everyMs: 250,
      },
    );
    expect((await statusOf(workerReady)).status).toBe(200);
    expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  });

  it("without the engine's keys: every wake-up is rebuilt", async () => {
    await fleet.startWorker();
    const jobs = await Promise.all(
      Array.from({ length: 20 }, () => {
        const { statusUrl } = fleet.simulator.createExport(
          oracleExport({ polls: 2, retryAfterSeconds: 2 }),
        );
        return registered(statusUrl);
      }),
    );
    await eventually(() => expect(fleet.simulator.record.requests.length).toBeGreaterThan(10));
    await fleet.deleteKeys('{bulkwatch}:bull:*');
    await eventually(
      async () => {
        const states = await Promise.all(jobs.map(async ({ id }) => (await fleet.job(id)).state));
        expect(new Set(states)).toEqual(new Set(['completed']));
      },
      { timeoutMs: 60_000, everyMs: 250 },
    );
    expect(fleet.simulator.record.earlyPolls()).toEqual([]);
  });
});

describe('start', () => {
  it.each(['api', 'worker'])('of the %s fails with all bad settings listed', async (service) => {
    const attempt = startProcess({
      command: process.execPath,
      args: [`services/${service}/dist/main.js`],
      env: {
        PATH: process.env['PATH'] ?? '',
        BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example/path',
        BULKWATCH_REDIS_CONNECT_TIMEOUT: 'soon',
        BULKWATCH_LOG_LEVLE: 'info',
      },
      readyWhen: /never/,
    });
    await expect(attempt).rejects.toThrow(
      /(?=[^]*BULKWATCH_PROVIDER_ORIGINS)(?=[^]*BULKWATCH_REDIS_CONNECT_TIMEOUT)(?=[^]*did you mean BULKWATCH_LOG_LEVEL)/,
    );
  });
});
