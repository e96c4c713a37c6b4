import { buildCheck, checks } from './checks.mjs';
import { installDependencies } from './dependencies.mjs';
import { reportCounts } from './report-counts.mjs';
import { runChecks } from './run-checks.mjs';
import { runVitest } from './run-vitest.mjs';
import { requireTool } from './system-tools.mjs';

/**
 * `npm test`: every check, then every test. `npm test -- packages/core` gives its arguments to vitest and
 * leaves the checks out. The tests start each their own Redis, because they kill, pause and fill it.
 * @param {string[]} vitestArgs
 * @returns {Promise<number>} exit code
 */
export async function run(vitestArgs) {
  await requireTool('redis');
  await requireTool('promtool');
  await requireTool('alertmanager');
  await requireTool('kubectl');
  await requireTool('curl');
  await requireTool('tmux');
  await requireTool('strace');
  await requireTool('prlimit');
  await requireTool('compiler');
  await installDependencies();
  if (vitestArgs.length > 0) console.log(`Left out: ${checks.map(({ name }) => name).join(', ')}.`);
  const chosen = vitestArgs.length === 0 ? [buildCheck, ...checks] : [buildCheck];
  return reportCounts([await runChecks(chosen), await runVitest(vitestArgs)]);
}
