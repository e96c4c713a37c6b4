import { prepare } from './prepare.mjs';
import { requireTool } from './system-tools.mjs';

/**
 * `npm run chaos`: plays a run of the house under faults and prints what it came to as one line of JSON.
 * @param {string[]} args see docs/chaos.md
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  await requireTool('redis');
  await requireTool('strace');
  await prepare();
  // Made by the build, so not there before it. In this process, so that Ctrl-C reaches it first.
  const { main } = await import('@bulkwatch/chaos');
  return main(args);
}
