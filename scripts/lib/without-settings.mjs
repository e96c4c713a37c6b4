/**
 * An environment without settings of Bulkwatch: the demo and the tests are the same whatever the user has
 * set for a house of their own.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BULKWATCH_')));
}
