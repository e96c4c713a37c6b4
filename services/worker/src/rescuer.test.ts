import { eventually, manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createRescuer } from './rescuer.js';

function setup(rescueOverdue: () => Promise<number>) {
  const clock = manualClock(0);
  const rescued: number[] = [];
  const problems: unknown[] = [];
  const rescuer = createRescuer({
    jobs: { rescueOverdue },
    clock,
    intervalMs: 10_000,
    graceMs: 5_000,
    dice: () => 0.5,
    onRescued: (count) => rescued.push(count),
    onProblem: (_what, error) => problems.push(error),
  });
  return { clock, rescuer, rescued, problems };
}

describe('rescuer', () => {
  it('looks every interval, and goes on after a failure', async () => {
    let runs = 0;
    const { clock, rescuer, rescued, problems } = setup(async () => {
      runs += 1;
      if (runs === 1) throw new Error('away');
      return runs;
    });
    rescuer.start();
    for (let run = 1; run <= 3; run += 1) {
      await eventually(async () => {
        await clock.advance(10_000);
        expect(runs).toBeGreaterThanOrEqual(run);
      });
    }
    await rescuer.stop();
    expect(problems).toHaveLength(1);
    expect(rescued[0]).toBe(2);
  });

  it('can be stopped unstarted and twice, and stops in the middle of its wait', async () => {
    const { rescuer } = setup(async () => 0);
    await rescuer.stop();
    const other = setup(async () => 0).rescuer;
    other.start();
    await other.stop();
    await other.stop();
  });
});
