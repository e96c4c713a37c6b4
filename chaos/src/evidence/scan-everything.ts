import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { House } from '../house/house.js';
import { keysLike } from './read-dump.js';
import type { SecretScan } from './secret-scan.js';

/** Looks through everything that a run leaves where others may read it. */
export async function scanEverything(
  scan: SecretScan,
  { house, redis, folder }: { house: House; redis: Redis; folder: string },
): Promise<void> {
  for (const { name, logFile } of house.parts) scan.lookInFile('logs', `log of ${name}`, logFile);
  for (const name of ['answers', 'metrics'] as const)
    if (existsSync(join(folder, name))) scan.lookInFile(name, name, join(folder, name));
  for (const { name, process } of house.parts) scanProcess(scan, name, process.pid);
  await scanValues(scan, redis);
  for (const command of [
    ['SLOWLOG', 'GET', '-1'],
    ['ACL', 'LOG'],
    ['CLIENT', 'LIST'],
  ] as const) {
    const [name, ...args] = command;
    scan.look(
      'redis',
      `redis ${command.join(' ')}`,
      JSON.stringify(await redis.call(name, ...args)),
    );
  }
  scanFiles(scan, house.redis.directory);
}

/** What anybody with the same user sees of a process. */
function scanProcess(scan: SecretScan, name: string, pid: number): void {
  for (const file of ['cmdline', 'environ']) {
    const path = `/proc/${pid}/${file}`;
    if (existsSync(path))
      scan.look('processes', `${file} of ${name}`, readFileSync(path, 'latin1'));
  }
}

/** The append-only file, byte for byte, and whatever else lies beside it. */
function scanFiles(scan: SecretScan, directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      scan.lookInFile(
        'redis files',
        `redis file ${entry.name}`,
        join(entry.parentPath, entry.name),
      );
}

const pageSize = 500;

/** Every key and value. */
async function scanValues(scan: SecretScan, redis: Redis): Promise<void> {
  const keys = await keysLike(redis, '*');
  for (let from = 0; from < keys.length; from += pageSize) {
    const page = keys.slice(from, from + pageSize);
    const texts = await Promise.all(page.map((key) => textOf(redis, key)));
    scan.look('redis', 'redis value', texts.join('\n'));
  }
}

async function textOf(redis: Redis, key: string): Promise<string> {
  const readers: Record<string, () => Promise<unknown>> = {
    hash: () => redis.hgetall(key),
    string: () => redis.get(key),
    list: () => redis.lrange(key, 0, -1),
    set: () => redis.smembers(key),
    zset: () => redis.zrange(key, '0', '-1'),
    stream: () => redis.xrange(key, '-', '+'),
  };
  return `${key} ${JSON.stringify(await readers[await redis.type(key)]?.())}`;
}
