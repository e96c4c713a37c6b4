import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildEarlier } from './earlier-build.mjs';
import { prepare } from './prepare.mjs';
import { requireTool } from './system-tools.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/**
 * `npm run chaos`: plays a run of the house under faults and prints what it came to as one line of JSON.
 * @param {string[]} args see docs/chaos.md
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  await requireTool('redis');
  await requireTool('strace');
  await requireTool('prlimit');
  await prepare();
  // Made by the build, so not there before it. In this process, so that Ctrl-C reaches it first.
  const { main } = await import('@bulkwatch/chaos');
  const ref = besideOf(args);
  if (ref === undefined) return main(args);
  const folder = join(temporaryFolder(), 'build');
  return main(args, await buildEarlier({ ref, folder }));
}

/** The commit that is to run beside this checkout, if any. */
const besideOf = (args) =>
  parseArgs({ args, options: { beside: { type: 'string' } }, strict: false }).values.beside;
