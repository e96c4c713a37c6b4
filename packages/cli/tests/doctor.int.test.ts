import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@bulkwatch/simulator';
import { freePort } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, setupApi } from '../../../services/api/tests/harness.js';
import { exitCodes } from '../src/exit-codes.js';
import { runCommand } from './run-command.js';

const canary = 'canary-secret-5511';
const sealKey = (id: string): string => `${id} ${Buffer.alloc(32, id).toString('base64')}\n`;

let folder: string;
let api: Api;
let raw: RedisClient;
let key: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-doctor-'));
  await file('seal-keys', sealKey('k1'));
  api = await setupApi({ ...authenticating, BULKWATCH_SEAL_KEYS_FILE: join(folder, 'seal-keys') });
  raw = new RedisClient(api.redis.url);
  key = await api.keyOf('default', 'jobs:read', 'jobs:write');
});
afterAll(async () => {
  raw.disconnect();
  await api.stop();
  await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

interface Found {
  readonly name: string;
  readonly level: string;
  readonly says: string;
  readonly advice: string | null;
  readonly [fact: string]: unknown;
}

/** What the doctor finds in an environment that is well, but for what the test changes. */
async function doctor(env: Record<string, string | undefined> = {}, ...args: string[]) {
  const all = {
    BULKWATCH_REDIS_URL: api.redis.url,
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: key,
    BULKWATCH_SEAL_KEYS_FILE: join(folder, 'seal-keys'),
    BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org,https://127.0.0.1,https://localhost',
    ...env,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const around = { env: Object.fromEntries(given) as Record<string, string> };
  const { code, out, said } = await runCommand(['doctor', '--json', ...args], around);
  const { level, checks } = JSON.parse(out[0] ?? '') as { level: string; checks: Found[] };
  expect(out).toHaveLength(1);
  expect(out.join() + said).not.toContain(key.slice(21));
  return { code, level, said, of: (name: string) => checks.find((one) => one.name === name) };
}

describe('bulkwatch doctor', () => {
  it('finds everything well, and tells it to people', async () => {
    const { code, level, said, of } = await doctor();

    expect(said).toBe('');
    expect([code, level]).toEqual([0, 'ok']);
    expect(of('redis-rights')).toMatchObject({ lacking: { api: [], worker: [], cli: [] } });
    expect(of('api')).toMatchObject({ version: '1', says: expect.stringMatching(/takes the key/) });
    expect(of('settings')?.['settings']).toContainEqual({
      env: 'BULKWATCH_API_KEY',
      source: 'variable',
      value: '[secret]',
      services: ['cli'],
    });

    const screen = { columns: 60, rows: 24 };
    const env = { BULKWATCH_REDIS_URL: api.redis.url, NO_COLOR: '1' };
    const { out } = await runCommand(['doctor'], { env, screen });
    expect(out[0]).toMatch(/^ok {7}settings {10}1 of \d+ settings/);
    const told = out.join('\n').replace(/\n +/g, ' ');
    expect(told).toContain('BULKWATCH_REDIS_URL=[secret] (api, worker, cli)');
    expect(told).toMatch(/by default: .*BULKWATCH_REDIS_CONNECT_TIMEOUT=30000ms/);
    expect(told).toMatch(/not set: .*BULKWATCH_API_KEY/);
    // A name and a value that are wider by themselves are not broken.
    const broken = out.filter((line) => line.trim().includes(' '));
    expect(Math.max(...broken.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('tells the effective settings of each service, with their unit, their source and who reads them', async () => {
    const { of } = await doctor({ BULKWATCH_REQUEST_TIMEOUT: '12s' });

    const settings = of('settings')?.['settings'];
    expect(settings).toContainEqual({
      env: 'BULKWATCH_REQUEST_TIMEOUT',
      source: 'variable',
      value: 12_000,
      unit: 'ms',
      services: ['worker'],
    });
    expect(settings).toContainEqual({
      env: 'BULKWATCH_API_HOST',
      source: 'default',
      value: '127.0.0.1',
      services: ['api'],
    });
    expect(settings).toContainEqual({
      env: 'BULKWATCH_JWT_ISSUER',
      source: 'unset',
      services: ['api'],
    });
  });

  it('tells of all faults of the settings at once, and goes on', async () => {
    const { code, of } = await doctor({
      BULKWATCH_REQUEST_TIMEOUT: canary,
      BULKWATCH_REDIS_URI: canary,
      BULKWATCH_PROVIDER_ORIGINS: undefined,
    });

    expect(code).toBe(exitCodes.failed.code);
    expect(of('settings')?.['problems']).toHaveLength(3);
    expect(of('redis-version')?.level).toBe('ok');
    expect(of('files')?.level).toBe('failed');
    expect(of('api')?.says).toBe('It cannot be looked for.');
  });

  it('tells where Redis or the api are not', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const { of } = await doctor({
      BULKWATCH_REDIS_URL: `redis://:${canary}@${nowhere}`,
      BULKWATCH_API_URL: `http://${nowhere}`,
    });

    expect(of('redis')).toMatchObject({
      level: 'failed',
      says: expect.stringContaining('ECONNREFUSED'),
    });
    expect(of('api')).toMatchObject({ level: 'failed' });
    // Who only calls the api has no Redis.
    const caller = await doctor({
      BULKWATCH_REDIS_URL: undefined,
      BULKWATCH_PROVIDER_ORIGINS: undefined,
    });
    expect(caller.of('redis')?.level).not.toBe('failed');
    expect(caller.of('presets')).toBeUndefined();
  });

  it('looks at what Redis is, and at the key of the api', async () => {
    await raw.config('SET', 'maxmemory-policy', 'allkeys-lru', 'appendfsync', 'everysec');
    const { code, of } = await doctor({ BULKWATCH_API_KEY: undefined });
    await raw.config('SET', 'maxmemory-policy', 'noeviction', 'appendfsync', 'always');

    expect(code).toBe(exitCodes.failed.code);
    expect(of('redis-eviction')).toMatchObject({ level: 'failed' });
    expect(of('redis-durability')).toMatchObject({ level: 'warning' });
    expect(of('api')).toMatchObject({
      level: 'warning',
      advice: expect.stringContaining('keys create'),
    });
    expect((await doctor({ BULKWATCH_API_KEY: 'bwk_0000000000000000_x' })).of('api')).toMatchObject(
      { level: 'failed', says: expect.stringContaining('authentication-invalid') },
    );
  });

  it('ends with a code of its own where there are warnings alone', async () => {
    expect((await doctor({ BULKWATCH_SEAL_KEYS_FILE: undefined })).code).toBe(5);
  });

  it('finds out that a key is missing with which something is sealed', async () => {
    await api.context.store.jobs.register('default', {
      statusUrl: 'https://ehr.example.org/sealed?sig=x',
      protocol: 'fhir-bulk',
      provider: 'https://ehr.example.org',
      labels: {},
      firstDelayMs: 3_600_000,
    });
    const other = { BULKWATCH_SEAL_KEYS_FILE: await file('other-keys', sealKey('k2')) };

    expect((await doctor()).of('seal-keys')).toMatchObject({
      level: 'ok',
      jobsByKeyId: { k1: 1 },
    });
    expect((await doctor(other)).of('seal-keys')).toMatchObject({
      level: 'failed',
      says: expect.stringContaining('k1 for 1 job'),
    });
    const malformed = await file('malformed', `k1 ${canary}`);
    const { of } = await doctor({ BULKWATCH_SEAL_KEYS_FILE: malformed });
    expect(of('seal-keys')?.level).toBe('failed');
    expect(JSON.stringify(of('seal-keys'))).not.toContain(canary);
  });

  it('tells that nobody polls', async () => {
    expect((await doctor()).of('workers')?.level).toBe('ok');
    await raw.zadd('{bulkwatch}:due', Date.now() - 20_000, 'forgotten');
    expect((await doctor()).of('workers')).toMatchObject({ level: 'warning', overdueCount: 1 });
    await raw.zadd('{bulkwatch}:due', Date.now() - 600_000, 'forgotten');
    expect((await doctor()).of('workers')).toMatchObject({
      level: 'failed',
      says: expect.stringContaining('nobody seems to poll'),
    });
    await raw.zrem('{bulkwatch}:due', 'forgotten');
  });

  it('tells of which schema the data is, and who works with it', async () => {
    const [schema, readableBy] = await raw.hmget('{bulkwatch}:schema', 'schema', 'readableBy');
    expect((await doctor()).of('schema')).toMatchObject({
      level: 'ok',
      says: `The data is of schema ${schema}. Alive: 1 api.`,
    });
    await raw.hset('{bulkwatch}:schema', { schema: 1 });
    const old = `${Date.now() + 60_000} 0 1 {"service":"worker","release":"0.0.1","host":"h","pid":1}`;
    await raw.hset('{bulkwatch}:processes', 'old', old);
    expect((await doctor()).of('schema')).toMatchObject({
      level: 'warning',
      says: expect.stringContaining('Alive: 1 api, 1 worker.'),
      advice: expect.stringContaining('no process of an older release'),
    });
    await raw.hset('{bulkwatch}:schema', { schema: 9, readableBy: 8 });
    expect((await doctor()).of('schema')?.level).toBe('failed');
    await raw.hset('{bulkwatch}:schema', { schema, readableBy });
    await raw.hdel('{bulkwatch}:processes', 'old');
  });

  it('looks at files that settings name', async () => {
    const { of } = await doctor({
      BULKWATCH_TENANTS_FILE: await file('tenants.json', '{"tenants": {"acme": {}}}'),
      BULKWATCH_PRESETS_FILE: await file('presets.json', 'no json'),
      BULKWATCH_CREDENTIALS_FILE: await file(
        'elsewhere.json',
        JSON.stringify({ credentials: [credential({ clientSecretFile: 'not-here' })] }),
      ),
    });

    expect(of('tenants')).toMatchObject({ level: 'failed' });
    expect(of('presets')).toMatchObject({ level: 'failed' });
    // As where the api runs, which reads no secret of a credential.
    expect(of('credentials')).toMatchObject({ level: 'warning' });
  });
});

const credential = (more: object) => ({
  name: 'oracle',
  kind: 'client-secret-basic',
  tokenUrl: 'https://token.example/token',
  clientId: 'demo-client',
  origins: ['https://ehr.example.org'],
  tenants: ['default'],
  ...more,
});

describe('bulkwatch doctor --url', () => {
  it.each([
    ['https://127.0.0.1/jobs/1', 'ok', /let in by https:\/\/127.0.0.1 .* 127.0.0.1 \(loopback\)/],
    [`https://ehr.example.com/?t=${canary}`, 'failed', /refused: origin-not-listed/],
    ['http://ehr.example.org/', 'failed', /refused: scheme-not-allowed/],
    [
      'https://localhost/1',
      'ok',
      /by https:\/\/localhost of the list for all, and leads to .*loopback/,
    ],
    ['https://10.0.0.1/', 'failed', /refused: private/],
  ])('judges %s: %s', async (url, level, says) => {
    const { of } = await doctor({}, '--url', url);

    expect(of('url')).toMatchObject({ level, says: expect.stringMatching(says) });
    expect(JSON.stringify(of('url'))).not.toContain(canary);
  });

  it('goes by the list of the tenant', async () => {
    const tenants = { tenants: { acme: { providerOrigins: ['https://127.0.0.9'] } } };
    const env = { BULKWATCH_TENANTS_FILE: await file('tenants.json', JSON.stringify(tenants)) };
    const asAcme = (url: string) => doctor(env, '--tenant', 'acme', '--url', url);

    expect((await asAcme('https://127.0.0.9/1')).of('url')).toMatchObject({ level: 'ok' });
    expect((await asAcme('https://127.0.0.1/1')).of('url')).toMatchObject({ level: 'failed' });
  });

  it('cannot tell without the settings of the services', async () => {
    const caller = { BULKWATCH_PROVIDER_ORIGINS: undefined };
    expect((await doctor(caller, '--url', 'https://x.example')).of('url')?.level).toBe('failed');
  });
});

describe('bulkwatch doctor --credential', () => {
  it('gets a token, and tells all but the token', async () => {
    const simulator = await startSimulator({ clientSecret: canary });
    const { tokenUrl, origin, record } = simulator;
    const one = credential({ tokenUrl, origins: [origin], clientSecret: canary });
    const wrong = { ...one, name: 'wrong', clientSecret: 'not-it' };
    const env = {
      BULKWATCH_PROVIDER_ORIGINS: origin,
      BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
      BULKWATCH_CREDENTIALS_FILE: await file(
        'credentials.json',
        JSON.stringify({ credentials: [one, wrong] }),
      ),
    };
    const found = (...args: string[]) =>
      doctor(env, '--credential', ...args).then(({ of }) => of('credential'));
    const got = await found('oracle');

    expect(record.tokenRequests).toHaveLength(1);
    expect(got).toMatchObject({
      level: 'ok',
      kind: 'issued',
      says: expect.stringMatching(/9 min/),
    });
    expect(JSON.stringify(got)).not.toContain(canary);
    expect(await found('wrong')).toMatchObject({ level: 'failed', reason: 'token-refused' });
    expect(await found('oracl')).toMatchObject({ advice: 'Did you mean oracle?' });
    expect((await found('oracle', '--tenant', 'acme'))?.says).toContain('not for tenant acme');
    await simulator.stop();
  });
});
