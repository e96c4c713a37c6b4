import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInTheOpen } from './run-command.mjs';
import { temporaryFolder } from './temporary-folder.mjs';
import { withoutSettings } from './without-settings.mjs';

/**
 * Runs vitest in the open and counts its tests from its JSON report.
 * @param {string[]} args given on to vitest
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runVitest(args) {
  const report = join(temporaryFolder(), 'vitest.json');
  const ok = await runInTheOpen({
    command: 'node_modules/.bin/vitest',
    env: withoutSettings(process.env),
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
  });
  return countTests(readReport(report), ok);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}

/**
 * Counts what a report says. Failures that belong to no test (a file that does not load, an error outside of
 * any test, no report at all) count as one each, so that a failed run never reads as a clean one.
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report vitest's JSON
 * @param {boolean} ok whether vitest ended with 0
 */
export function countTests(report, ok) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of report.testResults) {
    const failedBefore = count.failed;
    for (const test of assertionResults) {
      count[test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped'] += 1;
    }
    if (status === 'failed' && count.failed === failedBefore) count.failed += 1;
  }
  if (!ok && count.failed === 0) count.failed = 1;
  return count;
}
