/**
 * Whether `npm start` lets everybody on this machine call the api without a key: it does on loopback, unless the
 * user says who may call, or lets others reach the api.
 * @param {NodeJS.ProcessEnv} env
 */
export function isOpen(env) {
  const said = env.BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS;
  return said ? said === 'true' : !env.BULKWATCH_API_HOST && !env.BULKWATCH_JWT_ISSUER;
}
