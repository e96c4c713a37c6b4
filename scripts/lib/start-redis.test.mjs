import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findOnPath } from './find-on-path.mjs';
import { freePort } from './free-port.mjs';
import { redisInfo } from './redis-info.mjs';
import { startRedis } from './start-redis.mjs';

const program = findOnPath(['redis-server', 'valkey-server']);
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkwatch-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function command(url, ...words) {
  const client = new Redis(url);
  try {
    return await client.call(...words);
  } finally {
    client.disconnect();
  }
}

it('keeps what was written across a kill', async () => {
  const first = await startRedis({ program, folder });
  await command(first.url, 'SET', 'key', 'value');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;

  const second = await startRedis({ program, folder });

  expect(await command(second.url, 'GET', 'key')).toBe('value');
  await second.stop(5_000);
});

it('runs as the shipped configuration says', async () => {
  const redis = await startRedis({ program, folder });

  const settings = await command(redis.url, 'CONFIG', 'GET', 'append*', 'maxmemory-policy');

  expect(settings.toString()).toMatch(/appendonly,yes/);
  expect(settings.toString()).toMatch(/appendfsync,always/);
  expect(settings.toString()).toMatch(/maxmemory-policy,noeviction/);
  await redis.stop(5_000);
});

it('refuses a folder that another Redis uses, and leaves that one alone', async () => {
  const first = await startRedis({ program, folder });

  await expect(startRedis({ program, folder })).rejects.toThrow(`pid ${first.pid}`);

  expect(await command(first.url, 'PING')).toBe('PONG');
  await first.stop(5_000);
});

it('says so when the program does not start', async () => {
  const missing = join(folder, 'no-such-program');

  await expect(startRedis({ program: missing, folder })).rejects.toThrow('did not start');
});

it('is gone after stop', async () => {
  const redis = await startRedis({ program, folder });

  await redis.stop(5_000);

  expect(await redis.ended).toBe('exit code 0');
  expect(await redisInfo({ host: '127.0.0.1', port: new URL(redis.url).port })).toBeUndefined();
});

it('gives way on a port that is taken', async () => {
  const taken = createServer();
  await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address();

  const found = await freePort(port);

  expect(found).toBeGreaterThan(0);
  expect(found).not.toBe(port);
  taken.close();
});
