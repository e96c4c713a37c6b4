import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownRuns } from './equivalence/known-runs.js';
import { movement } from './equivalence/movement-commands.js';
import { perform, performAtRandom } from './equivalence/run-commands.js';
import { openTwinBench, type TwinBench } from './equivalence/twin-bench.js';

let bench: TwinBench;
beforeAll(async () => {
  bench = await openTwinBench();
});
afterAll(() => bench.close());

/** What the runs must have come to: of what they never reached they say nothing. */
const branches = [
  'register created',
  'register existing',
  'register idempotency-key-reused',
  'claim claimed poll',
  'claim claimed poll again',
  'claim claimed abandon',
  'claim early',
  'claim early provider-wait',
  'claim early circuit-open',
  'claim early concurrency',
  'claim early pace',
  'claim settled',
  'claim superseded',
  'apply poll-again again',
  'apply poll-again stale',
  'apply again poll-again again',
  'apply complete settled',
  'apply complete stale',
  'apply again complete settled',
  'apply fail settled',
  'apply abandon settled',
  'apply cancel settled',
  'circuit opened',
  'circuit closed',
  'release',
  'release stale',
  'rescued',
  'clock set back',
];

describe('the scripts that move a job', () => {
  it.each(knownRuns)('do what their transitions do where $name', ({ deeds, setting }) =>
    perform(bench, deeds(), setting),
  );

  it('do what their transitions do, whatever came before', async () => {
    const reached = await performAtRandom(bench, movement, { runs: 50, length: 100 });

    expect(branches.filter((branch) => !reached.has(branch))).toEqual([]);
  }, 120_000);
});
