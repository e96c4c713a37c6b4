import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { Halt } from './halt.mjs';
import { redisInfo } from './redis-info.mjs';
import { startChild } from './start-child.mjs';

const portTries = 5;
/** A large append-only file is read before the first answer. */
const readyTimeoutMs = 60_000;
const configFile = resolve('infra/redis/redis.conf');
/** Lives in the data folder and is held open by the Redis that uses the folder: our lock. */
const socketName = 'redis.sock';

/**
 * Starts a Redis of our own on a free loopback port, durable as the shipped default demands.
 * @param {{ program: string, folder: string }} options `folder` keeps the append-only file, log and lock.
 * @returns {Promise<import('./start-child.mjs').Child & { url: string }>} answering already.
 * @throws {Halt} when another Redis uses the folder, or when it does not come up.
 */
export async function startRedis({ program, folder }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await refuseFolderInUse(folder);
  for (let tries = 0; tries < portTries; tries += 1) {
    const port = await freePort();
    const child = startChild({
      name: 'Redis',
      command: program,
      args: redisArgs(folder, port),
      logFile: emptied(join(folder, 'redis.log')),
    });
    if (await answers(child, port)) return { ...child, url: `redis://127.0.0.1:${port}` };
    // Between our look and its start somebody may have taken the port; any other failure is final.
    const log = readFileSync(join(folder, 'redis.log'), 'utf8');
    if (!log.includes('Address already in use'))
      throw new Halt(`${log}\nRedis did not start, see above.`);
  }
  throw new Halt(`No free port for Redis in ${portTries} tries.`);
}

async function refuseFolderInUse(folder) {
  const user = await redisInfo({ path: relative(process.cwd(), join(folder, socketName)) });
  if (!user) return;
  throw new Halt(
    `${folder} is in use by another Redis (pid ${user.process_id}): Bulkwatch is already running here. ` +
      `If it was left over by a crash, end it with \`kill ${user.process_id}\`.`,
  );
}

/** The shipped configuration, with where to listen and to write. */
function redisArgs(folder, port) {
  const where = {
    dir: folder,
    port,
    bind: '127.0.0.1',
    unixsocket: socketName,
    unixsocketperm: 700,
  };
  const overrides = Object.entries(where).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return [configFile, ...overrides];
}

/** Resolves to true when it answers and has loaded its data, to false when it is gone first. */
async function answers(child, port) {
  const giveUp = new AbortController();
  void child.ended.then(() => giveUp.abort());
  const givenUpAt = performance.now() + readyTimeoutMs;
  while (!giveUp.signal.aborted && performance.now() < givenUpAt) {
    const info = await redisInfo({ host: '127.0.0.1', port });
    if (info?.loading === '0' && info.process_id === `${child.pid}`) return true;
    await sleep(50);
  }
  await child.stop(0);
  return false;
}

/** One log per start, so that what it says is about this start. */
function emptied(file) {
  writeFileSync(file, '');
  return file;
}
