import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  eventually,
  type Redis,
  type RunningProcess,
  startProcess,
  startRedis,
} from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provider } from './harness.js';
import { withFiles } from './with-files.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const sealKey = (fill: number) => `k${fill} ${Buffer.alloc(32, fill).toString('base64')}\n`;
const canary = 'canary-of-a-secret-file';

let redis: Redis;
let files: Awaited<ReturnType<typeof withFiles>>;
let child: RunningProcess;
let ops: string;
beforeAll(async () => {
  redis = await startRedis();
  files = await withFiles({ 'redis-url': redis.url, 'seal-keys': sealKey(1) });
  child = await startProcess({
    command: process.execPath,
    args: [main],
    env: {
      BULKWATCH_REDIS_URL_FILE: files.path('redis-url'),
      BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
      BULKWATCH_PROVIDER_ORIGINS: provider,
      BULKWATCH_API_PORT: '0',
      BULKWATCH_API_OPS_PORT: '0',
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
    },
    readyWhen: /"api listening"/,
  });
  const listening = child.lines().find((line) => line.includes('api listening')) ?? '{}';
  ops = `http://127.0.0.1:${(JSON.parse(listening) as { opsPort: number }).opsPort}`;
});
afterAll(async () => {
  await child.stop();
  await files.remove();
  await redis.stop();
});

const reloads = async (file: string, outcome: string): Promise<number> => {
  const text = await (await fetch(`${ops}/metrics`)).text();
  const name = `bulkwatch_secret_file_reloads_total{file="${file}",outcome="${outcome}"}`;
  const line = text.split('\n').find((one) => one.startsWith(name));
  return Number(line?.slice(name.length));
};

it('a running api takes new secret files, and says of broken ones that it did not', async () => {
  expect(await reloads('BULKWATCH_REDIS_URL_FILE', 'rejected')).toBe(0);

  await writeFile(files.path('redis-url'), canary);
  await writeFile(files.path('seal-keys'), sealKey(2));

  const soon = { timeoutMs: 12_000, everyMs: 200 };
  await eventually(async () => {
    expect(await reloads('BULKWATCH_REDIS_URL_FILE', 'rejected')).toBe(1);
    expect(await reloads('BULKWATCH_SEAL_KEYS_FILE', 'loaded')).toBe(1);
  }, soon);
  const output = child.lines().join('\n');
  expect(output).toContain('"kept":["k1"]');
  expect(output).toContain('"file":"BULKWATCH_REDIS_URL_FILE"');
  expect(output).not.toContain(canary);
  expect((await fetch(`${ops}/readyz`)).status).toBe(200);
});

it('a running api logs more after SIGUSR2, until the next one', async () => {
  process.kill(child.pid, 'SIGUSR2');
  await eventually(() => expect(child.lines().join('\n')).toContain('"level":"debug","until"'));
  process.kill(child.pid, 'SIGUSR2');
  await eventually(() => expect(child.lines().at(-1)).toContain('"was":"debug","level":"info"'));

  const state: unknown = await (await fetch(`${ops}/log-level`)).json();
  expect(state).toEqual({ level: 'info', configured: 'info' });
});
