import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectWithinLimits, mostWithin, registerMany, running, tell } from './crowd.js';
import { type Fleet, startFleet } from './fleet.js';

/**
 * Everything is overdue, as after hours without a worker. `HERD_JOBS=20000` gives the figure in docs/politeness.md;
 * fewer show the same in seconds.
 */
const jobCount = Number(process.env['HERD_JOBS'] ?? 2_000);
const providerCount = 4;
/** The shipped ones. */
const limits = { concurrency: 16, perSecond: 50, burst: 10 };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(
    {
      BULKWATCH_PROVIDER_CONCURRENCY: String(limits.concurrency),
      BULKWATCH_PROVIDER_RATE: String(limits.perSecond),
      BULKWATCH_PROVIDER_BURST: String(limits.burst),
      BULKWATCH_WORKER_CONCURRENCY: '50',
      BULKWATCH_RESCUE_INTERVAL: '30s',
      BULKWATCH_RESCUE_GRACE: '30s',
      BULKWATCH_LOG_LEVEL: 'info',
    },
    { moreProviders: providerCount - 1, simulator: { requireToken: false } },
  );
});
afterAll(() => fleet?.stop());

it(`works off ${jobCount} overdue polls in due order, at the pace of each provider`, async () => {
  const providers = [fleet.simulator, ...fleet.moreProviders];
  const wanted = new Map<string, number>();
  for (const provider of providers)
    for (let left = jobCount / providerCount; left > 0; left -= 5_000)
      for (const id of await registerMany(
        fleet,
        provider,
        Math.min(left, 5_000),
        running(3_600, 30),
      ))
        wanted.set(id, wanted.size);

  const startedAtMs = performance.now();
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);
  const soonestSeconds = jobCount / providerCount / limits.perSecond;
  await eventually(
    () => {
      for (const { record } of providers)
        expect(record.requests.length).toBe(jobCount / providerCount);
    },
    { timeoutMs: (soonestSeconds * 3 + 20) * 1_000, everyMs: 250 },
  );

  const secondsUntil = (atMs = 0) => (atMs - startedAtMs) / 1_000;
  for (const provider of providers) {
    const { requests } = provider.record;
    expectWithinLimits(provider, limits);
    const places = requests.map(({ exportId }) => wanted.get(exportId) ?? 0);
    const first = Math.min(...places);
    const displaced = Math.max(...places.map((place, n) => Math.abs(place - first - n)));
    // Five seconds at the pace, and what a busy machine makes of it.
    expect(displaced).toBeLessThanOrEqual(10 * limits.perSecond);
    tell(
      `${requests.length} polls from ${secondsUntil(requests[0]?.receivedAtMs).toFixed(1)} s to ` +
        `${secondsUntil(requests.at(-1)?.receivedAtMs).toFixed(1)} s after the start, ${soonestSeconds} s at the pace; ` +
        `at most ${mostWithin(requests, 1_000)} in a second, ${provider.record.maxConcurrency()} at once; ` +
        `none more than ${displaced} places from its own`,
    );
  }
});
