import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What may catch a mutant, cheapest first. */
export const layers = ['types', 'unit', 'simulation', 'equivalence', 'integration', 'e2e', 'chaos'];

/** Layers that are no tests but runs, and their verbs. */
const verbs = { simulation: 'simulate', chaos: 'chaos' };

/** Projects of vitest in which the tests of a layer are. */
const projects = {
  // Habits of the code are looked at beside the tests of its units.
  unit: ['unit', 'house'],
  equivalence: ['integration'],
  integration: ['integration', 'infra', 'scripts'],
  e2e: ['e2e', 'e2e-alone'],
};

/** Whether a layer is asked by a run, with options instead of files. */
export const isRun = (layer) => layer in verbs;

/** A mutant that hangs is ended; a test of its own says so before. */
const layerMs = 20 * 60_000;

/**
 * What a layer says of the house as it is: that it is sound, that it is broken and by which check, or that nobody can
 * tell, because the checks themselves did not run.
 * @typedef {{ kind: 'sound' } | { kind: 'broken', by: string } | { kind: 'unknown', output: string }} Verdict
 */

/**
 * Builds the house. That is the first layer: what does not compile reaches no test.
 * @param {import('./copy-house.mjs').House} house
 * @returns {Promise<Verdict>}
 */
export async function buildHouse(house) {
  const { ok, output } = await house.run('node_modules/.bin/tsc', ['-b']);
  return ok ? { kind: 'sound' } : { kind: 'broken', by: firstError(output) };
}

const firstError = (output) => /error TS\d+: [^\n]*/.exec(output)?.[0] ?? output.trim();

/**
 * Asks one layer about a house that is built.
 * @param {import('./copy-house.mjs').House} house
 * @param {string} layer one that has tests
 * @param {readonly string[]} tests files of it, or for a run its options
 * @param {{ bail?: boolean }} [options] `bail` stops at the first test that fails
 * @returns {Promise<Verdict>}
 */
export function askLayer(house, layer, tests, { bail = false } = {}) {
  const verb = verbs[layer];
  return verb ? askRun(house, verb, tests) : askVitest(house, layer, tests, bail);
}

async function askVitest(house, layer, tests, bail) {
  const report = join(house.folder, 'verdict.json');
  rmSync(report, { force: true });
  const { ok, output } = await house.run(
    'node_modules/.bin/vitest',
    [
      'run',
      ...projects[layer].flatMap((name) => ['--project', name]),
      ...(bail ? ['--bail=1'] : []),
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...tests,
    ],
    layerMs,
  );
  return verdictOf(ok, readJson(report), output);
}

/** Only a test that fails is a verdict: a file that does not load, or a run that dies, says nothing. */
export function verdictOf(ok, report, output) {
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed) return { kind: 'broken', by: failed.fullName };
  const ran = tests.some(({ status }) => status === 'passed');
  return ok && ran ? { kind: 'sound' } : { kind: 'unknown', output };
}

/** Runs a verb of the house that keeps its result. */
async function askRun(house, verb, options) {
  const report = join(house.folder, 'verdict.json');
  rmSync(report, { force: true });
  const args = ['scripts/bulkwatch.mjs', verb, ...options, '--json', report];
  const { output } = await house.run(process.execPath, args, layerMs);
  return verdictOfRun(readJson(report), output);
}

/** Only a promise that was broken is a verdict. A run as short as these may well miss a branch, which says nothing. */
export function verdictOfRun(result, output) {
  const [violation] = result?.violations ?? [];
  if (violation) return { kind: 'broken', by: inWords(violation) };
  return result ? { kind: 'sound' } : { kind: 'unknown', output };
}

const inWords = (violation) =>
  typeof violation === 'string' ? violation : `seed ${violation.seed}: ${violation.what}`;

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
