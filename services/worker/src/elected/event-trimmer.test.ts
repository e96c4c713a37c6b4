import { type EventStreamFigures, StoreUnavailableError } from '@bulkwatch/store';
import { eventually, manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createEventTrimmer, type FiguresByTenant } from './event-trimmer.js';

const figures = (trimmedCount: number): EventStreamFigures => ({
  trimmedCount,
  length: 10,
  oldestAgeMs: 0,
  groups: [],
});

function setup(
  trim: (tenant: string) => Promise<EventStreamFigures>,
  isDue: () => Promise<boolean> = async () => true,
) {
  const clock = manualClock(0);
  const found: FiguresByTenant[] = [];
  const problems: string[] = [];
  const trimmer = createEventTrimmer({
    streams: { tenants: async () => ['default', 'acme'], trim },
    retention: { maxAgeMs: 1, keepLength: 1 },
    isDue,
    clock,
    dice: () => 0.5,
    onTrimmed: (one) => found.push(one),
    onProblem: (what) => problems.push(what),
  });
  return { clock, trimmer, found, problems };
}

describe('event trimmer', () => {
  it('trims each stream step by step until nothing goes any more, and tells what it found', async () => {
    const steps: string[] = [];
    const { clock, trimmer, found } = setup(async (tenant) => {
      steps.push(tenant);
      return figures(steps.length < 3 ? 1_000 : 0);
    });
    trimmer.start();
    await eventually(async () => {
      await clock.advance(10_000);
      expect(found).toHaveLength(1);
    });
    await trimmer.stop();

    expect(steps).toEqual(['default', 'default', 'default', 'acme']);
    expect([...(found[0] ?? [])]).toEqual([
      ['default', figures(0)],
      ['acme', figures(0)],
    ]);
  });

  it('leaves a stream for the next time that does not come to an end', async () => {
    let steps = 0;
    const { clock, trimmer, found } = setup(async () => {
      steps += 1;
      return figures(1_000);
    });
    trimmer.start();
    await eventually(async () => {
      await clock.advance(8_000);
      expect(found).toHaveLength(1);
    });
    await trimmer.stop();

    expect(steps).toBe(400);
  });

  it('rests the longer the longer a step took', async () => {
    const startedAt: number[] = [];
    const { clock, trimmer, found } = setup(async () => {
      startedAt.push(clock.monotonicMs());
      await clock.sleep(100);
      return figures(startedAt.length < 3 ? 1_000 : 0);
    });
    trimmer.start();
    await eventually(async () => {
      await clock.advance(500);
      expect(found).toHaveLength(1);
    });
    await trimmer.stop();

    expect(startedAt.slice(0, 3)).toEqual([0, 500, 1_000]);
  });

  it('trims and tells of the others where one cannot be trimmed, and ends the run where Redis is away', async () => {
    const { clock, trimmer, found, problems } = setup(async (tenant) => {
      if (found.length > 0) throw new StoreUnavailableError();
      if (tenant === 'default') throw new Error('WRONGTYPE');
      return figures(0);
    });
    trimmer.start();
    await eventually(async () => {
      await clock.advance(10_000);
      expect(problems.length).toBeGreaterThan(1);
    });
    await trimmer.stop();

    expect(found.map((one) => [...one.keys()])).toEqual([['acme']]);
  });

  it('goes on after a failure, every interval', async () => {
    let runs = 0;
    const { clock, trimmer, found, problems } = setup(async () => {
      runs += 1;
      if (runs === 1) throw new Error('away');
      return figures(0);
    });
    trimmer.start();
    await eventually(async () => {
      await clock.advance(10_000);
      expect(found.length).toBeGreaterThan(1);
    });
    await trimmer.stop();

    expect(problems).toEqual(['event trimming']);
  });

  it('can be stopped unstarted and twice, and in the middle of a stream', async () => {
    const { trimmer } = setup(async () => figures(0));
    await trimmer.stop();
    const other = setup(async () => figures(1_000));
    other.trimmer.start();
    await other.trimmer.stop();
    await other.trimmer.stop();

    expect(other.found.length).toBeLessThan(2);
  });

  it('leaves it to another worker while that is to do it', async () => {
    let isMine = false;
    const { clock, trimmer, found } = setup(
      async () => figures(0),
      async () => isMine,
    );
    trimmer.start();
    await clock.advance(60_000);
    expect(found).toEqual([]);

    isMine = true;
    await clock.advance(13_000);
    expect(found.length).toBeGreaterThan(0);
    await trimmer.stop();
  });
});
