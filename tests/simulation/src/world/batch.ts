import { addCounts, type Counts, faultNotes, mustBeReached } from './reached.js';
import { live, type Outcome, type WorldOptions } from './world.js';

/** What came of many worlds. */
export interface Batch {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly violations: readonly { readonly seed: number; readonly what: string }[];
  readonly simulatedYears: number;
  readonly jobs: number;
  readonly polls: number;
  /** Polls that came early against an answer which nobody had lived to record. */
  readonly earlyUnrecorded: number;
  /** How often each recovery, and each thing else that a world must have met, was seen. */
  readonly reached: Counts;
  /** How often each fault was done to a world. */
  readonly faults: Counts;
}

const yearMs = 365.25 * 86_400_000;

export const emptyBatch = (firstSeed: number): Batch => ({
  firstSeed,
  seeds: 0,
  violations: [],
  simulatedYears: 0,
  jobs: 0,
  polls: 0,
  earlyUnrecorded: 0,
  reached: {},
  faults: {},
});

/** Both together; `a` tells where they begin. */
export function joinBatches(a: Batch, b: Batch): Batch {
  const reached = { ...a.reached };
  const faults = { ...a.faults };
  addCounts(reached, b.reached);
  addCounts(faults, b.faults);
  return {
    firstSeed: a.firstSeed,
    seeds: a.seeds + b.seeds,
    violations: [...a.violations, ...b.violations].toSorted((x, y) => x.seed - y.seed),
    simulatedYears: a.simulatedYears + b.simulatedYears,
    jobs: a.jobs + b.jobs,
    polls: a.polls + b.polls,
    earlyUnrecorded: a.earlyUnrecorded + b.earlyUnrecorded,
    reached,
    faults,
  };
}

/** Lives these seeds one after the other. */
export async function liveSeeds(
  firstSeed: number,
  count: number,
  options: WorldOptions = {},
): Promise<Batch> {
  let batch = emptyBatch(firstSeed);
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1)
    batch = joinBatches(batch, batchOf(await live(seed, options)));
  return batch;
}

function batchOf({ seed, violation, reached, ...figures }: Outcome): Batch {
  const counts = Object.entries(reached);
  const isFault = ([name]: [string, number]) => faultNotes.has(name);
  return {
    firstSeed: seed,
    seeds: 1,
    violations: violation ? [{ seed, what: violation.what }] : [],
    simulatedYears: figures.simulatedMs / yearMs,
    jobs: figures.jobs,
    polls: figures.polls,
    earlyUnrecorded: figures.earlyUnrecorded,
    reached: Object.fromEntries(counts.filter((one) => !isFault(one))),
    faults: Object.fromEntries(counts.filter(isFault)),
  };
}

/** What no world of the batch has met: with any of it, the batch proves nothing. */
export const unreached = ({ reached, faults }: Batch): readonly string[] =>
  mustBeReached.filter((name) => !reached[name] && !faults[name]);
