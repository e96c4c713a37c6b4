import { defineConfig } from 'vitest/config';

/**
 * The tests of core as Stryker runs them. Other than in the `unit` project each file loads modules of its own,
 * since a mutant in a table would stay there for the files that follow. What measures a cost is left out: it
 * would measure the counters that Stryker puts between the statements.
 */
export default defineConfig({
  test: {
    include: ['packages/core/src/**/*.test.ts'],
    exclude: ['**/*-cost.test.ts'],
    isolate: true,
  },
});
