import { userInfo } from 'node:os';
import { type Redis, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.js';

let redis: Redis;
let raw: RedisClient;
beforeAll(async () => {
  redis = await startRedis();
  raw = new RedisClient(redis.url);
});
afterAll(async () => {
  raw.disconnect();
  await redis.stop();
});

async function cli(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(args, {
    env: { BULKWATCH_REDIS_URL: redis.url },
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
  });
  return { code, out, said: said.join('\n') };
}

const create = (...more: string[]) =>
  cli('keys', 'create', '--tenant', 'acme', '--name', 'nightly', '--scope', 'jobs:read', ...more);

interface Shown {
  readonly id: string;
  readonly key?: string;
  readonly [member: string]: unknown;
}
const json = (text: string | undefined) => JSON.parse(text ?? '') as Shown;

describe('bulkwatch keys create', () => {
  it('prints the key on standard output alone, and Redis has only its digest', async () => {
    const { code, out, said } = await create();

    expect(code).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^bwk_[0-9a-f]{16}_[\w-]{43}$/)]);
    expect(said).toContain('cannot be shown again');
    const kept = JSON.stringify(await raw.hgetall('{bulkwatch}:api-keys'));
    expect(kept).toContain(out[0]?.slice(4, 20));
    expect(kept + said).not.toContain(out[0]?.slice(21));
  });

  it('takes several scopes and a life, and tells them in JSON', async () => {
    const { out } = await create('--scope', 'jobs:write,events:read', '--expires', '90d', '--json');

    const shown = json(out[0]);
    expect(shown).toMatchObject({
      key: expect.stringContaining(shown.id),
      tenant: 'acme',
      name: 'nightly',
      scopes: ['jobs:read', 'jobs:write', 'events:read'],
      lastUsedAt: null,
    });
    const lifeMs = Date.parse(String(shown['expiresAt'])) - Date.parse(String(shown['createdAt']));
    expect(lifeMs / 86_400_000).toBeCloseTo(90, 3);
  });

  it.each([
    ['no tenant', ['--name', 'n', '--scope', 'jobs:read'], '--tenant'],
    [
      'a tenant with a colon',
      ['--tenant', 'a:b', '--name', 'n', '--scope', 'jobs:read'],
      '--tenant',
    ],
    ['no name', ['--tenant', 'a', '--scope', 'jobs:read'], '--name'],
    ['no scope', ['--tenant', 'a', '--name', 'n'], '--scope'],
    ['an unknown scope', ['--tenant', 'a', '--name', 'n', '--scope', 'jobs:all'], '--scope'],
    [
      'a life without a unit',
      ['--tenant', 'a', '--name', 'n', '--scope', 'admin', '--expires', '90'],
      '--expires',
    ],
    ['an unknown option', ['--tennant', 'a'], '--tennant'],
  ])('refuses %s, and says how it is called', async (_why, args, named) => {
    const { code, out, said } = await cli('keys', 'create', ...args);

    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(said).toContain(named);
    expect(said).toContain('bulkwatch keys create --tenant NAME');
  });
});

describe('bulkwatch keys list and revoke', () => {
  it('show a key, and what became of it', async () => {
    const { id } = json((await create('--json')).out[0]);
    const state = async () =>
      (await cli('keys', 'list', '--tenant', 'acme')).out.find((line) => line.startsWith(id));
    expect(await state()).toMatch(/live .*acme.*"nightly".*jobs:read.*last used never/);

    expect((await cli('keys', 'revoke', id)).said).toContain('is revoked');
    expect((await cli('keys', 'revoke', id)).said).toContain('was already revoked');

    expect(await state()).toMatch(/revoked/);
    const listed = JSON.parse((await cli('keys', 'list', '--json')).out[0] ?? '') as Shown[];
    const shown = listed.find((key) => key.id === id);
    expect(Date.parse(String(shown?.['revokedAt']))).toBeGreaterThan(0);
    expect(JSON.stringify(listed)).not.toContain('digest');
    expect((await cli('keys', 'list', '--tenant', 'nobody')).out).toEqual([]);
  });

  it('know a key that is not there', async () => {
    const { code, said } = await cli('keys', 'revoke', '0000000000000000');

    expect(code).toBe(1);
    expect(said).toContain('There is no key 0000000000000000.');
  });

  it('take the whole key for its id, and do not repeat it', async () => {
    const [text = ''] = (await create()).out;
    const { code, said } = await cli('keys', 'revoke', text);

    expect(code).toBe(0);
    expect(said).not.toContain(text);
  });
});

describe('the audit line', () => {
  const lineIn = (said: string) =>
    said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('tells on standard error who made and who ended which key, and no secret', async () => {
    const { out, said } = await create();
    const [text = ''] = out;
    const keyId = text.slice(4, 20);
    const who = { service: 'cli', audit: true, keyId: null, subject: userInfo().username };

    expect(lineIn(said)).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        ...who,
        method: 'CLI',
        route: 'keys create',
        status: 'done',
        tenant: 'acme',
        target: keyId,
        msg: 'write request',
      },
    ]);
    const revoked = await cli('keys', 'revoke', text, '--json');
    expect(lineIn(revoked.said)).toMatchObject([
      { ...who, route: 'keys revoke', target: keyId, status: 'done' },
    ]);
    expect(revoked.out).toHaveLength(1);
    expect(said + revoked.said).not.toContain(text.slice(21));
  });

  it('tells of what failed, and not of what only reads or was never tried', async () => {
    expect(lineIn((await cli('keys', 'revoke', '0000000000000000')).said)).toMatchObject([
      { route: 'keys revoke', target: '0000000000000000', status: 'failed' },
    ]);
    expect(lineIn((await cli('keys', 'list')).said)).toEqual([]);
    expect(lineIn((await cli('keys', 'revoke', 'nonsense')).said)).toEqual([]);
  });
});

describe('bulkwatch', () => {
  it('shows its commands', async () => {
    const asked = await cli('--help');
    const wrong = await cli('keys', 'destroy');

    expect(asked.code).toBe(0);
    for (const name of ['create', 'list', 'revoke'])
      expect(asked.out[0]).toContain(`bulkwatch keys ${name}`);
    expect(wrong.code).toBe(2);
    expect((await cli('keys', 'lst')).said).toContain('did you mean keys list?');
    expect((await cli('registr', '--file', 'x')).said).toContain('did you mean register?');
    expect((await cli('--version')).out).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    expect((await cli()).code).toBe(2);
  });

  it('is a program, which ends by itself and says why it cannot', async () => {
    const main = new URL('../dist/main.js', import.meta.url).pathname;
    const run = (url: string) =>
      startProcess({
        command: process.execPath,
        args: [main, 'keys', 'list'],
        env: { BULKWATCH_REDIS_URL: url, BULKWATCH_REDIS_CONNECT_TIMEOUT: '1s' },
      });
    const good = await run(redis.url);
    const lost = await run('redis://127.0.0.1:1');

    expect(await good.exited).toEqual({ code: 0, signal: null });
    expect(await lost.exited).toEqual({ code: 4, signal: null });
    expect(lost.lines().join('\n')).toContain('It did not answer at');
    expect(lost.lines().join('\n')).not.toContain('    at ');
  });
});
