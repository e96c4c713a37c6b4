import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealer } from './seal.js';
import { loadSealKeys, SealKeysError, type SealKeysReload, watchSealKeys } from './seal-keys.js';

const key = (fill: number) => Buffer.alloc(32, fill);

describe('seal key file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulkwatch-seal-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const load = async (text: string) => {
    const file = join(folder, 'keys');
    await writeFile(file, text);
    return loadSealKeys(file);
  };
  const good = randomBytes(32).toString('base64');

  it('is read with comments and blank lines, the first key first', async () => {
    const ring = await load(`# active\nk2 ${good}\n\nk1 ${key(1).toString('base64')}\n`);
    expect([...ring.keys()]).toEqual(['k2', 'k1']);
  });

  it.each([
    ['', 'holds no key'],
    ['k1', 'line 1'],
    [`k 1 ${good}`, 'line 1'],
    ['k1 c2hvcnQ=', '32 bytes'],
    [`k1 ${good}\nk1 ${good}`, 'repeats the key id k1'],
  ])('says what is wrong with %j', async (text, message) => {
    const loading = load(text);
    await expect(loading).rejects.toBeInstanceOf(SealKeysError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.not.toThrow(good);
  });

  it('says which file is missing', async () => {
    await expect(loadSealKeys(join(folder, 'nowhere'))).rejects.toThrow(/nowhere.*ENOENT/);
  });

  it('is followed: a changed ring is taken, a wrong one is told of and leaves the old one', async () => {
    const file = join(folder, 'live-keys');
    await writeFile(file, `k1 ${good}\n`);
    const reloads: SealKeysReload[] = [];
    const live = await watchSealKeys(file, { onReload: (reload) => reloads.push(reload) });

    await writeFile(file, `k2 ${key(2).toString('base64')}\nk1 ${good}\n`);
    await live.refresh();
    expect([...live.current().keys()]).toEqual(['k2', 'k1']);

    await writeFile(file, 'rubbish\n');
    await live.refresh();
    await live.refresh();
    await rm(file);
    await live.refresh();
    expect([...live.current().keys()]).toEqual(['k2', 'k1']);
    expect(reloads.map(({ outcome }) => outcome)).toEqual(['loaded', 'rejected', 'rejected']);
    live.close();
  });

  it('loses no key while it is followed: what a key sealed can be opened', async () => {
    const file = join(folder, 'losing-keys');
    await writeFile(file, `k1 ${good}\n`);
    const reloads: SealKeysReload[] = [];
    const live = await watchSealKeys(file, { onReload: (reload) => reloads.push(reload) });
    const sealed = createSealer(live.current).seal('a token', 'job');

    await writeFile(file, `k2 ${key(2).toString('base64')}\n`);
    await live.refresh();

    expect(reloads).toEqual([{ outcome: 'loaded', kept: ['k1'] }]);
    expect(createSealer(live.current).activeKeyId()).toBe('k2');
    expect(createSealer(live.current).open(sealed, 'job')).toBe('a token');

    await writeFile(file, `k1 ${key(3).toString('base64')}\nk2 ${key(2).toString('base64')}\n`);
    await live.refresh();

    expect(reloads[1]).toMatchObject({ outcome: 'rejected', error: expect.any(SealKeysError) });
    expect(createSealer(live.current).open(sealed, 'job')).toBe('a token');
    live.close();
  });
});
