import { buildCheck, checks } from './checks.mjs';
import { installDependencies } from './dependencies.mjs';
import { reportCounts } from './report-counts.mjs';
import { runChecks } from './run-checks.mjs';
import { runVitest } from './run-vitest.mjs';

const quickProjects = ['unit', 'house'];

/**
 * `npm run check`: all checks, and those tests that need no Redis, no socket and no process.
 * @returns {Promise<number>} exit code
 */
export async function run() {
  await installDependencies();
  const projects = quickProjects.map((project) => `--project=${project}`);
  return reportCounts([await runChecks([buildCheck, ...checks]), await runVitest(projects)]);
}
