import { readFileSync } from 'node:fs';
import { Halt } from './halt.mjs';

/**
 * The Redis that the user names, directly or by a file, as the services read it.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its URL; undefined when none is named.
 * @throws {Halt} when the file cannot be read.
 */
export function usersRedis(env) {
  if (env.BULKWATCH_REDIS_URL) return env.BULKWATCH_REDIS_URL;
  const file = env.BULKWATCH_REDIS_URL_FILE;
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch ({ code }) {
    throw new Halt(`BULKWATCH_REDIS_URL_FILE: ${file} cannot be read (${code}).`);
  }
}
