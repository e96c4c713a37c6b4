import { defineConfig } from 'vitest/config';

// What is drawn at random is drawn alike in each run, so that a verdict on a commit can be had again.
// `FUZZ_SEED=$RANDOM npm test` looks elsewhere.
const env = { FUZZ_SEED: process.env['FUZZ_SEED'] ?? '139157491' };

// The machines that run this have two cores. Most tests on real parts wait for most of their time, so three files run
// at a time; the end-to-end tests that measure time over many processes run alone and last.
const project = (
  name: string,
  include: string[],
  options: {
    order: number;
    workers: number;
    timeoutMs: number;
    isolate?: boolean;
    setupFiles?: string[];
    exclude?: string[];
  },
) => ({
  test: {
    name,
    include,
    exclude: options.exclude ?? [],
    env,
    setupFiles: options.setupFiles ?? [],
    // What is built is loaded as it runs, by Node itself: to transform it took a third of the time
    // that files need to load.
    server: { deps: { external: [/\/dist\//] } },
    pool: 'forks' as const,
    maxWorkers: options.workers,
    isolate: options.isolate ?? true,
    sequence: { groupOrder: options.order },
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
  },
});

// Pure tests share their processes: loading the same libraries for each file took twice the time of the tests.
const pure = { order: 0, workers: 2, timeoutMs: 5_000 };
const unit = { ...pure, isolate: false, setupFiles: ['tests/seed-properties.ts'] };
/** Seeds of the simulation take turns on one core beside other pure tests. */
const simulating = { order: 0, workers: 2, timeoutMs: 120_000 };
const withRealParts = [
  '{packages,services}/*/tests/**/*.int.test.ts',
  '{chaos,tests/simulation}/tests/**/*.int.test.ts',
];
const onRealParts = { order: 1, workers: 3, timeoutMs: 30_000 };
const wholeHouse = { workers: 1, timeoutMs: 240_000 };

/** End-to-end tests that measure time over many processes. All others wait for what is to come, however long that takes. */
const measuring = [
  'beside-a-crowd',
  'chaos',
  'hostile-answers',
  'hostile-callers',
  'lifecycle',
  'mixed-builds',
  'politeness',
  'restart-herd',
].map((name) => `tests/e2e/${name}.e2e.test.ts`);
const anyOf = ['tests/e2e/**/*.e2e.test.ts'];

export default defineConfig({
  test: {
    projects: [
      project('unit', ['{packages,services}/*/src/**/*.test.ts', 'infra/src/**/*.test.ts'], unit),
      project('house', ['tests/house/**/*.test.ts'], pure),
      project('scripts', ['scripts/**/*.test.mjs'], onRealParts),
      project('infra', ['tests/infra/**/*.test.ts'], onRealParts),
      project('simulation', ['tests/simulation/tests/**/!(*.int).test.ts'], simulating),
      project('integration', withRealParts, onRealParts),
      project('e2e', anyOf, { ...wholeHouse, order: 2, workers: 3, exclude: measuring }),
      project('e2e-alone', measuring, { ...wholeHouse, order: 3 }),
    ],
  },
});
