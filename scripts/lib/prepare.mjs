import { build } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { requireTool } from './system-tools.mjs';
import { usersRedis } from './users-redis.mjs';

/** Everything that a verb needs before it can run the house: dependencies, then the build. */
export async function prepare() {
  await installDependencies();
  await build();
}

/**
 * What `./bulkwatch` does before it becomes the command line tool.
 * @returns {Promise<number>} exit code
 */
export async function run() {
  await prepare();
  return 0;
}

/**
 * The Redis to start, unless the user names one to use instead.
 * @returns {Promise<string | undefined>} full path of the program; undefined when the user names a Redis.
 */
export async function ownRedisProgram(env = process.env) {
  return usersRedis(env) ? undefined : requireTool('redis');
}
