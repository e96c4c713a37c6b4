import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registerMany, running, tell } from './crowd.js';
import { type Fleet, startFleet } from './fleet.js';

/** Overdue jobs of one provider; `CROWD_JOBS=100000` gives the figure in docs/politeness.md. */
const crowdCount = Number(process.env['CROWD_JOBS'] ?? 6_000);
const neighbourCount = 20;
const watchedMs = crowdCount > 10_000 ? 90_000 : 12_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(
    {
      BULKWATCH_PROVIDER_CONCURRENCY: '16',
      BULKWATCH_PROVIDER_RATE: '50',
      BULKWATCH_PROVIDER_BURST: '10',
      BULKWATCH_WORKER_CONCURRENCY: '100',
      BULKWATCH_LOG_LEVEL: 'info',
    },
    { moreProviders: 1, simulator: { requireToken: false } },
  );
});
afterAll(() => fleet?.stop());

it(`polls a provider on time beside ${crowdCount} overdue jobs of another one`, async () => {
  for (let left = crowdCount; left > 0; left -= 5_000)
    await registerMany(fleet, fleet.simulator, Math.min(left, 5_000), running(3_600, 30));
  const [neighbour] = fleet.moreProviders;
  if (!neighbour) throw new Error('there is no neighbour');
  const ids = await registerMany(fleet, neighbour, neighbourCount, running(1, 5));

  const startedAtMs = performance.now();
  await Promise.all([fleet.startWorker(), fleet.startWorker()]);
  await pause(watchedMs);

  const polls = ids.map((id) =>
    neighbour.record.requests
      .filter(({ exportId }) => exportId === id)
      .map(({ receivedAtMs }) => receivedAtMs),
  );
  const firstMs = polls.map(([first = Number.POSITIVE_INFINITY]) => first - startedAtMs);
  const lateMs = polls
    .flatMap((at) => at.slice(1).map((ms, n) => ms - (at[n] ?? 0) - 1_000))
    .toSorted((a, b) => a - b);
  const quantile = (q: number) => lateMs[Math.floor(q * (lateMs.length - 1))] ?? Number.NaN;
  tell(
    `${neighbourCount} jobs beside ${crowdCount}: first polls ${Math.round(Math.max(...firstMs))} ms after the start, then late by ` +
      `${Math.round(quantile(0.5))} ms in the middle, ${Math.round(quantile(0.99))} ms at p99`,
  );
  expect(lateMs.length).toBeGreaterThan(neighbourCount * 4);
  expect(quantile(0.5)).toBeLessThan(1_000);
});
