import { mkdirSync } from 'node:fs';
import { createCrew } from './crew.mjs';
import { freePort } from './free-port.mjs';
import { Halt } from './halt.mjs';
import { isOpen } from './is-open.mjs';
import { ownRedisProgram, prepare } from './prepare.mjs';
import { sealKeysFile } from './seal-keys.mjs';
import { startRedis } from './start-redis.mjs';
import { graceMs, servicesReady, startServices } from './start-services.mjs';
import { aborted, stopSignal } from './stop-signal.mjs';

const usualHome = '.bulkwatch';

/**
 * `npm start`: api and worker on a Redis of their own, until Ctrl-C.
 * Data stays in `.bulkwatch/`, or in the folder that `-- --data FOLDER` names, so that the next start goes on where
 * this one ended.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 * @throws {Halt} when one of the processes ends by itself.
 */
export async function run(args) {
  const home = homeOf(args);
  requireOrigins(process.env);
  const redisProgram = await ownRedisProgram();
  await prepare();
  const signal = stopSignal();
  const crew = createCrew();
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const redis =
      redisProgram && (await startRedis({ program: redisProgram, folder: `${home}/redis` }));
    if (redis) crew.board(redis);
    const ports = await choosePorts(process.env);
    crew.board(...startServices({ env: houseEnv(home, redis), ports }));
    await Promise.race([crew.lost, servicesReady(ports, AbortSignal.any([signal, crew.over]))]);
    if (!signal.aborted) console.log(welcome({ ports, redis, home }));
    await Promise.race([crew.lost, aborted(signal)]);
    return 0;
  } finally {
    await crew.leave(graceMs);
  }
}

/** The data folder; relative to the root of the checkout, which is where every verb runs. */
function homeOf(args) {
  if (args.length === 0) return usualHome;
  const [flag, folder] = args;
  if (flag === '--data' && folder && args.length === 2) return folder;
  throw new Halt('npm start takes one option: npm start -- --data FOLDER');
}

function requireOrigins(env) {
  if (env.BULKWATCH_PROVIDER_ORIGINS) return;
  throw new Halt(
    'BULKWATCH_PROVIDER_ORIGINS is not set. Name the servers that may be polled, for example:\n' +
      '  BULKWATCH_PROVIDER_ORIGINS=https://fhir-ehr.example.org npm start\n' +
      'Or see `npm run demo`: it needs no settings and brings a provider of its own.',
  );
}

/** The user's settings, and what they leave open. */
function houseEnv(home, redis) {
  const { BULKWATCH_SEAL_KEYS_FILE, BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS, ...env } = process.env;
  return {
    ...env,
    BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS:
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS || `${isOpen(env)}`,
    BULKWATCH_SEAL_KEYS_FILE: BULKWATCH_SEAL_KEYS_FILE || sealKeysFile(home),
    ...(redis && { BULKWATCH_REDIS_URL: redis.url }),
  };
}

async function choosePorts(env) {
  return {
    api: await choosePort(env.BULKWATCH_API_PORT, 8080),
    apiOps: await choosePort(env.BULKWATCH_API_OPS_PORT, 9101),
    workerOps: await choosePort(env.BULKWATCH_WORKER_OPS_PORT, 9102),
  };
}

/** A port that the user set is taken as it is, 0 is any that is free; the usual ones give way when taken. */
async function choosePort(set, usual) {
  if (!set) return freePort(usual);
  return Number(set) === 0 ? freePort() : set;
}

function howToGetKey(redis) {
  const where = redis ? `BULKWATCH_REDIS_URL=${redis.url} ` : '';
  const options = '--tenant default --name me --scope jobs:read --scope jobs:write';
  return `Callers need a key, as Authorization: Bearer:
  ${where}./bulkwatch keys create ${options}`;
}

function welcome({ ports, redis, home }) {
  const api = `http://127.0.0.1:${ports.api}`;
  return `
Bulkwatch is running; Ctrl-C stops it.
  API      ${api}/v1/jobs${`${ports.api}` === '8080' || process.env.BULKWATCH_API_PORT ? '' : ' (8080 was taken)'}
  Metrics  http://127.0.0.1:${ports.apiOps}/metrics (api)
           http://127.0.0.1:${ports.workerOps}/metrics (worker)
  Redis    ${redis ? `${redis.url}, data in ${home}/redis` : 'as your settings say'}
${isOpen(process.env) ? 'Everybody on this machine may call it, without a key.' : howToGetKey(redis)}
Register an export:
  curl ${api}/v1/jobs -H 'content-type: application/json' \\
    -d '{"statusUrl":"<the Content-Location of your $export>","bearerToken":"<token>"}'
`;
}
