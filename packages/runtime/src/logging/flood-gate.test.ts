import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createFloodGate } from './flood-gate.js';

describe('createFloodGate', () => {
  it('lets one line pass in a while, with how many were left out', async () => {
    const clock = manualClock(0);
    const gate = createFloodGate(clock, { everyMs: 5_000, sourcesMax: 10 });
    expect([gate('a'), gate('a'), gate('b'), gate('a')]).toEqual([0, undefined, 0, undefined]);

    await clock.advance(5_000);
    expect([gate('a'), gate('a'), gate('b')]).toEqual([2, undefined, 0]);
  });

  it('tells so many sources apart and no more', () => {
    const gate = createFloodGate(manualClock(0), { everyMs: 5_000, sourcesMax: 2 });
    expect(['a', 'b', 'c', 'b', 'a'].map(gate)).toEqual([0, 0, 0, undefined, 0]);
  });
});
