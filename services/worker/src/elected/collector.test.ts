import { labelValues } from '@bulkwatch/contract';
import { createMetrics } from '@bulkwatch/runtime';
import { manualClock } from '@bulkwatch/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCollector } from './collector.js';

const clock = manualClock(0);
let elected = true;
let isAway = false;
let reads = 0;
let reading: () => Promise<void> = async () => undefined;

beforeEach(() => {
  [elected, isAway, reads] = [true, false, 0];
  reading = async () => undefined;
});

function setup() {
  const metrics = createMetrics({ service: 'worker', labelValues });
  metrics.onCollect(
    createCollector({
      election: {
        ask: () => (isAway ? new Promise(() => undefined) : Promise.resolve(elected)),
        holds: () => elected,
      },
      clock,
      metrics,
      async read() {
        await reading();
        reads += 1;
        return () => metrics.overdueJobs.set(reads);
      },
    }),
  );
  return async (): Promise<string[]> =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => /^bulkwatch_(collector_up|overdue_jobs) /.test(line))
      .map((line) => line.replace('bulkwatch_', ''));
}

describe('the collector', () => {
  it('tells what it reads at each scrape, and the same to two that scrape at once', async () => {
    const scrape = setup();
    const all = await Promise.all([scrape(), scrape()]);
    for (const told of [...all, await scrape()])
      expect(told).toEqual(['overdue_jobs 1', 'collector_up 1']);

    await clock.advance(2_000);
    expect(await scrape()).toEqual(['overdue_jobs 2', 'collector_up 1']);
  });

  it('tells nothing while another worker is elected, nor reads anything', async () => {
    elected = false;
    expect(await setup()()).toEqual([]);
    expect(reads).toBe(0);
  });

  it('tells nothing any more once another worker is elected', async () => {
    const scrape = setup();
    await scrape();
    elected = false;
    expect(await scrape()).toEqual([]);
  });

  it('tells nothing while Redis is away', async () => {
    const scrape = setup();
    await scrape();
    isAway = true;
    await clock.advance(2_000);
    expect(await scrape()).toEqual([]);
  });

  it('tells nothing where it lost the office while it read, as in a process that was paused', async () => {
    reading = async () => {
      elected = false;
    };
    expect(await setup()()).toEqual([]);
    expect(reads).toBe(1);
  });

  it('forgets old figures before it waits for new ones, which may never come', async () => {
    const scrape = setup();
    await scrape();
    await clock.advance(2_000);
    reading = () => new Promise(() => undefined);
    // The scrape does not wait for longer than a second.
    expect(await scrape()).toEqual([]);
  });
});
