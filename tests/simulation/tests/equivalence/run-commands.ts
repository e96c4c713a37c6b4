import type { StoreLimits } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { checkSealed } from './invariants.js';
import { type Deed, type Model, newModel } from './model.js';
import { canary, registering } from './movement-commands.js';
import type { TwinBench } from './twin-bench.js';

/** What a run has of its own. */
export interface Setting {
  readonly gate: StoreLimits['gate'];
  readonly requestBudgetMs: number;
}

const settings: fc.Arbitrary<Setting> = fc.record({
  gate: fc.record({
    concurrency: fc.integer({ min: 1, max: 3 }),
    perSecond: fc.constantFrom(1, 5, 7, 100),
    burst: fc.integer({ min: 1, max: 3 }),
  }),
  requestBudgetMs: fc.constantFrom(5_000, 60_000),
});

/** Begins anew, and does these: for a counterexample that was found, as its deeds are printed. */
export async function perform(
  bench: TwinBench,
  deeds: Iterable<Deed>,
  { reached, ...setting }: Partial<Setting> & { reached?: Model['reached'] } = {},
): Promise<void> {
  await bench.begin(setting);
  await fc.asyncModelRun(() => ({ model: newModel(reached), real: bench }), deeds);
  checkSealed(bench, canary);
}

/**
 * Performs random lists of these on the twin, most on a house that has jobs already; rejects with the least one that sets
 * the two apart, or breaks an invariant, and with what it takes to see it again: seed, path and replayPath. Resolves with
 * what was reached, and how often.
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
  const openings = fc.array(registering, { maxLength: 14, size: 'max' });
  await fc.assert(
    fc.asyncProperty(openings, lists, settings, (opening, deeds, setting) =>
      perform(bench, [...opening, ...deeds], { ...setting, reached }),
    ),
    { numRuns: options.runs, seed: Number(process.env['FUZZ_SEED']) },
  );
  return reached;
}
