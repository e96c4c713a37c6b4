const made = '.bulkwatch/mutation';

/**
 * Mutation testing of core, run from the root by `npm run mutation`; paths are relative to the root.
 * @type {import('@stryker-mutator/core').PartialStrykerOptions}
 */
export default {
  mutate: ['packages/core/src/**/*.ts', '!**/*.test.ts', '!**/index.ts'],

  // What goes into the sandbox. No tsconfig.json: its references lead out of it. Other packages are found by
  // name in node_modules, which is linked, and so in the dist of the real checkout.
  ignorePatterns: ['**', '!packages/core/{src,tests,fixtures}/**', '!packages/core/*.mjs'],
  tempDirName: `${made}/sandboxes`,
  cleanTempDir: 'always',

  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'packages/core/stryker-vitest.config.mjs' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Mutants in tables are slow, every test runs for each; they are the rows that we want to know about.
  warnings: { slow: false },

  incremental: true,
  incrementalFile: `${made}/incremental.json`,
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  htmlReporter: { fileName: `${made}/report.html` },
  jsonReporter: { fileName: `${made}/report.json` },
  // In percent: `break` fails the command, the others only colour the table.
  thresholds: { high: 95, low: 90, break: 90 },
};
