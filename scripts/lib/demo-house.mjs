import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoClient, startSimulator } from '@bulkwatch/simulator';
import { freePort } from './free-port.mjs';
import { sealKeysFile } from './seal-keys.mjs';
import { startRedis } from './start-redis.mjs';
import { servicesReady, startServices } from './start-services.mjs';
import { usersRedis } from './users-redis.mjs';
import { withoutSettings } from './without-settings.mjs';

/** Name of the credential that the demo's jobs are registered with. */
export const credentialName = 'simulator';

/**
 * Starts a whole house in a folder: simulator, Redis (unless the user names one), api and worker.
 * @param {{ folder: string, redisProgram: string | undefined, crew: ReturnType<import('./crew.mjs').createCrew>, over: AbortSignal }} options
 *   everything that is started comes aboard the crew.
 */
export async function startDemoHouse({ folder, redisProgram, crew, over }) {
  const simulator = await boardSimulator(crew);
  const redisUrl = redisProgram
    ? await boardRedis({ program: redisProgram, folder: join(folder, 'redis'), crew })
    : usersRedis(process.env);
  const ports = { api: await freePort(), apiOps: await freePort(), workerOps: await freePort() };
  const env = {
    ...withoutSettings(process.env),
    BULKWATCH_REDIS_URL: redisUrl,
    BULKWATCH_PROVIDER_ORIGINS: simulator.origin,
    BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
    BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
    BULKWATCH_CREDENTIALS_FILE: credentialsFile(folder, simulator),
    BULKWATCH_SEAL_KEYS_FILE: sealKeysFile(folder),
  };
  crew.board(...startServices({ env, ports, logFile: (name) => join(folder, `${name}.log`) }));
  await Promise.race([crew.lost, servicesReady(ports, over)]);
  return { simulator, redisUrl, ports, api: `http://127.0.0.1:${ports.api}` };
}

/** The simulator runs in this process, where the demo scripts its exports. */
async function boardSimulator(crew) {
  const simulator = await startSimulator();
  crew.board({
    name: 'the simulator',
    ended: new Promise(() => {}),
    stop: () => simulator.stop(),
  });
  return simulator;
}

async function boardRedis({ program, folder, crew }) {
  const redis = await startRedis({ program, folder });
  crew.board(redis);
  return redis.url;
}

function credentialsFile(folder, { origin, tokenUrl }) {
  const file = join(folder, 'credentials.json');
  const credential = {
    name: credentialName,
    kind: 'client-secret-basic',
    tokenUrl,
    clientId: demoClient.id,
    clientSecret: demoClient.secret,
    origins: [origin],
  };
  writeFileSync(file, JSON.stringify({ credentials: [credential] }), { mode: 0o600 });
  return file;
}
