import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSealer, loadSealKeys, SealKeysError } from './seal.js';

const key = (fill: number) => Buffer.alloc(32, fill);
const sealer = createSealer(new Map([['k1', key(1)]]));

describe('sealer', () => {
  it('opens what it sealed, for the same context only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (secret, context, other) => {
        const sealed = sealer.seal(secret, context);
        expect(sealer.open(sealed, context)).toBe(secret);
        if (other !== context) expect(sealer.open(sealed, other)).toBeUndefined();
      }),
    );
  });

  it('opens nothing of which a single byte was changed', () => {
    const sealed = sealer.seal('token', 'job');
    const [version, keyId, iv, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const forged = [version, keyId, iv, changed.toString('base64url')].join('.');
      expect(sealer.open(forged, 'job')).toBeUndefined();
    }
  });

  it('never seals alike twice, and shows nothing of the secret', () => {
    const once = sealer.seal('canary', 'job');
    expect(sealer.seal('canary', 'job')).not.toBe(once);
    expect(once).not.toContain('canary');
  });

  it('seals with the first key of the ring and opens with any', () => {
    const old = sealer.seal('token', 'job');
    const rotated = createSealer(
      new Map([
        ['k2', key(2)],
        ['k1', key(1)],
      ]),
    );
    expect(rotated.open(old, 'job')).toBe('token');
    expect(rotated.seal('token', 'job')).toMatch(/^v1\.k2\./);
    expect(sealer.open(rotated.seal('token', 'job'), 'job')).toBeUndefined();
  });

  it.each(['', 'x', 'v1.k1', 'v1.k1..', 'v2.k1.AAAA.AAAA', 'v1.k1.AAAA.AAAA'])(
    'opens no nonsense: %j',
    (nonsense) => expect(sealer.open(nonsense, 'job')).toBeUndefined(),
  );
});

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
});
