import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventually, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { newStatusUrl, provider } from './harness.js';
import { withFiles } from './with-files.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

it('a password of Redis that changes with its file is used for the next connection', async () => {
  const redis = await startRedis();
  const admin = new Redis(redis.url);
  const urlWith = (password: string) => `redis://:${password}@127.0.0.1:${redis.port}\n`;
  const files = await withFiles({ 'redis-url': urlWith('one') });
  await admin.config('SET', 'requirepass', 'one');
  const child = await startProcess({
    command: process.execPath,
    args: [main],
    env: {
      BULKWATCH_REDIS_URL_FILE: files.path('redis-url'),
      BULKWATCH_PROVIDER_ORIGINS: provider,
      BULKWATCH_API_PORT: '0',
      BULKWATCH_API_OPS_PORT: '0',
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
    },
    readyWhen: /"api listening"/,
  });
  const listening = child.lines().find((line) => line.includes('api listening')) ?? '{}';
  const { port } = JSON.parse(listening) as { port: number };
  const register = () =>
    fetch(`http://127.0.0.1:${port}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ statusUrl: newStatusUrl() }),
    });
  expect((await register()).status).toBe(201);

  await admin.config('SET', 'requirepass', 'two');
  await writeFile(files.path('redis-url'), urlWith('two'));
  await eventually(() => expect(child.lines().join('\n')).toContain('secret file read again'));
  for (const kind of ['normal', 'pubsub'] as const)
    await admin.call('CLIENT', 'KILL', 'TYPE', kind, 'SKIPME', 'yes');

  await eventually(async () => expect((await register()).status).toBe(201));
  expect(child.lines().join('\n')).not.toContain('WRONGPASS');
  await child.stop();
  admin.disconnect();
  await files.remove();
  await redis.stop();
});
