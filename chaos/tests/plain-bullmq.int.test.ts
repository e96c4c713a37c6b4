import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventStream } from '@bulkwatch/contract';
import { eventually, freePort, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { type ChaosProvider, type Sighting, startChaosProvider } from '../src/index.js';
import { plainBullmq } from '../src/plain-bullmq/plain-subject.js';

const programOf = (name: string) =>
  fileURLToPath(new URL(`../dist/plain-bullmq/${name}-main.js`, import.meta.url));

/** An api and a worker of the plain loop, on a Redis and providers of their own. */
async function startPlain(provider: ChaosProvider) {
  const folder = mkdtempSync(join(tmpdir(), 'plain-bullmq-'));
  const credentials = join(folder, 'credentials.json');
  writeFileSync(credentials, JSON.stringify({ credentials: provider.credentials }));
  const server = await startRedis();
  const [apiPort, apiOps, workerOps] = [await freePort(), await freePort(), await freePort()];
  const env = {
    PATH: process.env['PATH'] ?? '',
    BULKWATCH_REDIS_URL: server.url,
    BULKWATCH_CREDENTIALS_FILE: credentials,
    BULKWATCH_REQUEST_TIMEOUT: '4000ms',
    BULKWATCH_API_PORT: String(apiPort),
    BULKWATCH_API_OPS_PORT: String(apiOps),
    BULKWATCH_WORKER_OPS_PORT: String(workerOps),
  };
  const start = (name: string) =>
    startProcess({ command: process.execPath, args: [programOf(name)], env });
  const parts = [await start('api'), await start('worker')];
  const redis = new Redis(server.url);
  onTestFinished(async () => {
    redis.disconnect();
    await Promise.all(parts.map((part) => part.stop('SIGKILL', 5_000)));
    await server.stop();
    await provider.stop();
    rmSync(folder, { recursive: true });
  });
  await eventually(async () => {
    for (const port of [apiOps, workerOps]) await fetch(`http://127.0.0.1:${port}/readyz`);
  });
  return { redis, url: `http://127.0.0.1:${apiPort}/v1/jobs` };
}

test('the plain loop polls as it is asked to, and tells of the end once', async () => {
  const seen: Sighting[] = [];
  const provider = await startChaosProvider({
    seed: 1,
    origins: 1,
    onSighting: (one) => seen.push(one),
  });
  const { redis, url } = await startPlain(provider);
  const plan = { polls: 1, retryAfterSeconds: 1, troubles: [] };
  const endings = ['completed', 'elsewhere', 'failed'] as const;

  for (const ending of endings) {
    const { statusUrl, credential, exportId } = provider.createExport({ ...plan, ending });
    const registration = {
      method: 'POST',
      headers: { 'Idempotency-Key': exportId },
      body: JSON.stringify({ statusUrl, credential, reference: exportId }),
    };
    const first = (await (await fetch(url, registration)).json()) as { id: string };
    const again = (await (await fetch(url, registration)).json()) as { id: string };
    expect(again).toEqual(first);
  }

  const told = await eventually(
    async () => {
      const entries = await redis.xrange(eventStream, '-', '+');
      expect(entries).toHaveLength(endings.length);
      return entries.map(([, [, json = '']]) => (JSON.parse(json) as { type: string }).type);
    },
    { timeoutMs: 15_000 },
  );
  expect(told.filter((type) => type.endsWith('.completed'))).toHaveLength(2);
  expect(told.filter((type) => type.endsWith('.failed'))).toHaveLength(1);
  const polls = seen.filter(({ kind }) => kind === 'status');
  expect(polls.map(({ authorization }) => authorization)).not.toContain('wrong');
  const first = polls.filter(({ exportId }) => exportId === polls[0]?.exportId);
  expect((first[1]?.at ?? 0) - (first[0]?.endedAt ?? 0)).toBeGreaterThanOrEqual(1_000);

  await eventually(async () => expect(await plainBullmq.countLeft(redis)).toBe(0));
  const dump = await plainBullmq.readDump(redis);
  const jobs = [...dump.jobs.values()];
  expect(jobs.map(({ state }) => state).toSorted()).toEqual(['completed', 'completed', 'failed']);
  expect(new Set(jobs.map(({ exportId }) => exportId)).size).toBe(3);
  expect(jobs.flatMap(({ recorded }) => recorded)).toHaveLength(3);
});
