import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@bulkwatch/runtime';
import { openStore } from '@bulkwatch/store';
import { type Redis, startRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.js';

const keyLines = ['k1', 'k2'].map((id) => `${id} ${randomBytes(32).toString('base64')}`);
const [k1 = '', k2 = ''] = keyLines;

let redis: Redis;
let folder: string;
beforeAll(async () => {
  redis = await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-cli-'));
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

const env = () => ({
  BULKWATCH_REDIS_URL: redis.url,
  BULKWATCH_SEAL_KEYS_FILE: join(folder, 'seal-keys'),
});
const ring = (...lines: readonly string[]) =>
  writeFile(join(folder, 'seal-keys'), `${lines.join('\n')}\n`);

async function rotate(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(['seal', 'rotate', ...args], {
    env: env(),
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
  });
  return { code, out, said: said.join('\n') };
}

/** Registers a job whose status URL has to be sealed. */
async function register(statusUrl: string): Promise<void> {
  const store = await openStore(loadSettings('cli', env()), 'api', {
    onProblem: () => undefined,
    onWarning: () => undefined,
  });
  const provider = new URL(statusUrl).origin;
  await store.jobs.register('default', {
    statusUrl,
    protocol: 'fhir-bulk',
    provider,
    labels: {},
    firstDelayMs: 60_000,
  });
  await store.close();
}

describe('bulkwatch seal rotate', () => {
  it('seals with the first key of the ring, and says that nothing is left to do', async () => {
    await ring(k1);
    await register('https://ehr.example/1?t=a');
    await register('https://ehr.example/2?t=b');
    await ring(k2, k1);
    expect(await rotate()).toMatchObject({
      code: 0,
      out: [],
      said: expect.stringContaining(
        'Of 2 records with something sealed, 2 had it sealed anew with k2',
      ),
    });
    const again = await rotate('--json');
    expect(JSON.parse(again.out[0] ?? '')).toEqual({
      activeKeyId: 'k2',
      sealed: 2,
      resealed: 0,
      damaged: 0,
      missing: {},
    });
  });

  it('fails while a key is missing, and names it with the number of jobs', async () => {
    await ring(k1);
    const { code, said } = await rotate();
    expect(code).toBe(1);
    expect(said).toContain('The key k2 is not on the ring: 2 records cannot be opened');
    expect(said).not.toContain(k1.slice(3));
  });

  it('takes no arguments', async () => {
    expect((await rotate('k2')).code).toBe(2);
  });
});
