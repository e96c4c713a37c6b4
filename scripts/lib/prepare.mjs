import { build } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { requireTool } from './system-tools.mjs';

/** Everything that a verb needs before it can run the house: dependencies, then the build. */
export async function prepare() {
  await installDependencies();
  await build();
}

/**
 * The Redis to start, unless the user names one to use instead.
 * @returns {Promise<string | undefined>} full path of the program; undefined when BULKWATCH_REDIS_URL is set.
 */
export function ownRedisProgram(env = process.env) {
  return env.BULKWATCH_REDIS_URL ? Promise.resolve(undefined) : requireTool('redis');
}
