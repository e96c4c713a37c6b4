import { join } from 'node:path';
import config from '../../packages/core/stryker.config.mjs';
import { prepare } from './prepare.mjs';
import { runInTheOpen } from './run-command.mjs';
import { withoutSettings } from './without-settings.mjs';

const configFile = 'packages/core/stryker.config.mjs';

/**
 * `npm run mutation`: breaks core in one small way after the other and counts how many its tests notice.
 * @param {string[]} args files and folders to break instead of all of core, and options of Stryker
 * @returns {Promise<number>} exit code; 1 also when the score is below the one that the configuration asks for
 */
export async function run(args) {
  await prepare();
  const ok = await runInTheOpen({
    command: 'node_modules/.bin/stryker',
    args: ['run', configFile, ...strykerArgs(args)],
    env: withoutSettings(process.env),
  });
  return ok ? 0 : 1;
}

/**
 * Makes one `--mutate` of all paths. It replaces that of the configuration, so what that leaves out, tests
 * above all, is said again.
 * @param {string[]} args paths (of a file `x.ts`, of lines `x.ts:5-9`, of a folder), and options, a value after `=`
 */
export function strykerArgs(args) {
  const options = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  if (paths.length === 0) return options;
  const chosen = paths.map((path) => (/\.ts(:|$)/.test(path) ? path : join(path, '**/*.ts')));
  const leftOut = config.mutate.filter((pattern) => pattern.startsWith('!'));
  return [`--mutate=${[...chosen, ...leftOut].join(',')}`, ...options];
}
