import { afterAll, beforeAll, describe, it } from 'vitest';
import { movement } from './equivalence/movement-commands.js';
import { performAtRandom } from './equivalence/run-commands.js';
import { openTwinBench, type TwinBench } from './equivalence/twin-bench.js';

let bench: TwinBench;
beforeAll(async () => {
  bench = await openTwinBench();
});
afterAll(() => bench.close());

describe('the scripts that move a job', () => {
  it('do what their transitions do, whatever came before', async () => {

    await performAtRandom(bench, movement, { runs: 60, length: 120 });

      performance.now() - t,
      Object.fromEntries([...reached].sort()),
      bench.twin.compared,
    );
  }, 120_000);
});
