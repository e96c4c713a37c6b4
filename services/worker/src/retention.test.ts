import { loadSettings } from '@bulkwatch/runtime';
import type { UpkeepOptions } from '@bulkwatch/store';
import { eventually, manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { silentReporter } from '../tests/silent-reporter.js';
import { createRetention } from './retention.js';

const minute = 60_000;

function setup(tendSettled: (options: UpkeepOptions) => Promise<void>) {
  const clock = manualClock(0);
  const settings = loadSettings('worker', {
    BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
    BULKWATCH_RETENTION_JOBS: 'never',
  });
  const problems: string[] = [];
  const reporter = { ...silentReporter, problem: (what: string) => void problems.push(what) };
  const store = { jobs: { tendSettled } };
  const retention = createRetention({ store, clock, settings, reporter, dice: () => 0.5 });
  const pass = (ms: number) => clock.advance(ms);
  return { clock, retention, pass, problems };
}

describe('retention', () => {
  it('looks every interval, with what the settings say, and goes on after a failure', async () => {
    const looks: UpkeepOptions[] = [];
    const { retention, pass, problems } = setup(async (options) => {
      looks.push(options);
      if (looks.length === 1) throw new Error('away');
    });
    retention.start();
    for (let look = 1; look <= 2; look += 1)
      await eventually(async () => {
        await pass(10 * minute);
        expect(looks.length).toBeGreaterThanOrEqual(look);
      });
    await retention.stop();
    expect(problems).toEqual(['retention']);
    expect(looks[1]).toMatchObject({
      holder: looks[0]?.holder,
      everyMs: 5 * minute,
      retention: {
        jobsMs: Number.POSITIVE_INFINITY,
        pollsMs: 30 * 24 * 60 * minute,
        manifestsMs: 90 * 24 * 60 * minute,
      },
    });
  });

  it('rests four times as long as Redis took, and ends in the middle when it is stopped', async () => {
    const rested: number[] = [];
    const { retention, clock, pass } = setup(async ({ rest, isOver }) => {
      for (const tookMs of [0, 10, 60 * minute]) {
        const from = clock.monotonicMs();
        await rest(tookMs);
        rested.push(clock.monotonicMs() - from);
        if (isOver()) return;
      }
    });
    retention.start();
    await eventually(async () => {
      await pass(10 * minute);
      expect(rested).toEqual([5, 40]);
    });
    await retention.stop();
    expect(rested.length).toBe(3);
  });
});
