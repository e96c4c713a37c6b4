import { describe, expect, it } from 'vitest';
import { type Batch, emptyBatch, joinBatches, liveSeeds, unreached } from '../src/world/batch.js';
import { shrink } from '../src/world/shrink.js';
import { describe as describeShrunk } from '../src/world/tell-violation.js';

/** `FUZZ_SEED=$RANDOM npm test` looks at others; those that everybody looks at are the first ones. */
const fresh = 1_000_000 + (Number(process.env['FUZZ_SEED']) % 100_000_000);

const shares: readonly (readonly [what: string, from: number, count: number])[] = [
  ...Array.from({ length: 10 }, (_, i) => ['the same as always', 1 + i * 300, 300] as const),
  ['those of FUZZ_SEED', fresh, 200],
];

describe('worlds full of faults', () => {
  let all: Batch = emptyBatch(1);

  it.each(shares)(
    'keep every promise: %s, from seed %i on, %i of them',
    async (_what, from, count) => {
      const batch = await liveSeeds(from, count);
      all = joinBatches(all, batch);
      const [first] = batch.violations;
      const told = first && (await shrink(first.seed));
      expect(told && describeShrunk(told)).toBeUndefined();
    },
  );

  it('have met every fault and every recovery; a run without them would show nothing', () => {
    expect(unreached(all)).toEqual([]);
    expect(all.seeds).toBe(3_200);
  });
});
