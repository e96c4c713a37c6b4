import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followSecretFiles, type SecretFileReload } from './follow-secret-files.js';
import { loadSettings } from './load-settings.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const first = 'redis://worker:first@redis.example:6379';
const second = 'redis://worker:second@redis.example:6379';

function setup(file: string) {
  const env = {
    BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
    BULKWATCH_REDIS_URL_FILE: file,
  };
  const settings = loadSettings('worker', env);
  const reloads: SecretFileReload[] = [];
  const followed = followSecretFiles(settings, env, {
    onReload: (reload) => reloads.push(reload),
  });
  return { settings, reloads, followed, url: () => settings.redisUrl.reveal() };
}

test('a secret follows its file, less the newline at its end', async () => {
  const file = join(folder, 'redis-url');
  await writeFile(file, `${first}\n`);
  const { followed, reloads, url } = setup(file);

  await followed.refresh();
  expect(reloads).toEqual([]);
  await writeFile(file, `${second}\n`);
  await followed.refresh();
  await followed.refresh();

  expect(url()).toBe(second);
  expect(reloads).toEqual([{ file: 'BULKWATCH_REDIS_URL_FILE', outcome: 'loaded' }]);
});

test.each([
  ['an empty file', async (file: string) => writeFile(file, '\n'), 'is empty'],
  ['no file', async (file: string) => rm(file), 'ENOENT'],
  ['another thing', async (file: string) => writeFile(file, 'hunter2'), 'expected a URL'],
  [
    'a password that cannot be decoded',
    async (file: string) => writeFile(file, 'redis://:hunter2%off@127.0.0.1'),
    'percent-encoded',
  ],
])(
  '%s in its place is told of once, without a value, and the old one stays',
  async (_, spoil, says) => {
    const file = join(folder, 'redis-url');
    await writeFile(file, first);
    const { followed, reloads, url } = setup(file);

    await spoil(file);
    await followed.refresh();
    await followed.refresh();

    expect(url()).toBe(first);
    expect(reloads).toMatchObject([
      { outcome: 'rejected', problem: expect.stringContaining(says) },
    ]);
    expect(JSON.stringify(reloads)).not.toContain('hunter2');
  },
);

test('a broken file that is mended with what it held is quiet again, and follows on', async () => {
  const file = join(folder, 'redis-url');
  await writeFile(file, first);
  const { followed, reloads, url } = setup(file);

  for (const text of ['', first, second]) {
    await writeFile(file, text);
    await followed.refresh();
  }

  expect(url()).toBe(second);
  expect(reloads.map(({ outcome }) => outcome)).toEqual(['rejected', 'loaded']);
});

/** A volume as Kubernetes mounts a Secret: the file leads through `..data`, which alone is swapped. */
async function mountVersion(name: string, text: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'redis-url'), text);
  await symlink(name, join(folder, '..data.new'));
  await rename(join(folder, '..data.new'), join(folder, '..data'));
}

test('the swapped link of a mounted Kubernetes secret is noticed, also of the same length', async () => {
  await mountVersion('..2026_01', first);
  const file = join(folder, 'redis-url');
  await symlink(join('..data', 'redis-url'), file);
  const { followed, url } = setup(file);
  await followed.refresh();

  await mountVersion('..2026_02', first.replace('first', 'other'));
  await rm(join(folder, '..2026_01'), { recursive: true });
  await followed.refresh();
  expect(url()).toContain('other');

  await unlink(join(folder, '..data'));
  await followed.refresh();
  expect(url()).toContain('other');
});

test('what stands in a variable is followed nowhere', async () => {
  const env = { BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org', BULKWATCH_REDIS_URL: first };
  const settings = loadSettings('worker', env);

  const followed = followSecretFiles(settings, env, { onReload: () => expect.unreachable() });
  followed.start();
  await followed.refresh();
  followed.stop();

  expect(settings.redisUrl.reveal()).toBe(first);
});
