import fc from 'fast-check';
import { checkSealed } from './invariants.js';
import { type Deed, type Model, newModel } from './model.js';
import { canary } from './movement-commands.js';
import { limits, type TwinBench } from './twin-bench.js';

/** Sizes of the gate that runs are given in turn. */
const gates = fc.record({
  concurrency: fc.integer({ min: 1, max: 3 }),
  perSecond: fc.constantFrom(1, 5, 7, 100),
  burst: fc.integer({ min: 1, max: 3 }),
});

type Gate = typeof limits.gate;

/** Begins anew, and does these. */
export async function perform(
  bench: TwinBench,
  deeds: Iterable<Deed>,
  { gate = limits.gate, reached }: { gate?: Gate; reached?: Model['reached'] } = {},
): Promise<void> {
  await bench.begin({ gate });
  await fc.asyncModelRun(() => ({ model: newModel(reached), real: bench }), deeds);
  checkSealed(bench, canary);
}

/**
 * Performs random lists of these on the twin; rejects with the least one that sets the two apart, or breaks an
 * invariant, and with what it takes to see it again: seed, path and replayPath. Resolves with what was reached, and how
 * often.
 */
export async function performAtRandom(
  bench: TwinBench,
  kinds: readonly fc.Arbitrary<Deed>[],
  options: { readonly runs: number; readonly length: number; readonly replayPath?: string },
): Promise<ReadonlyMap<string, number>> {
  const reached: Model['reached'] = new Map();
  const { length: maxCommands, replayPath } = options;
  const lists = fc.commands([...kinds], {
    maxCommands,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
  await fc.assert(
    fc.asyncProperty(lists, gates, (deeds, gate) => perform(bench, deeds, { gate, reached })),
    { numRuns: options.runs, seed: Number(process.env['FUZZ_SEED']) },
  );
  return reached;
}
