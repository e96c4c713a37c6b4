import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer, sealKeyId } from './seal.js';

const key = (fill: number) => Buffer.alloc(32, fill);
const ringOf =
  (...ids: readonly string[]) =>
  () =>
    new Map(ids.map((id) => [id, key(Number(id.slice(1)))]));
const sealer = createSealer(ringOf('k1'));

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
    const rotated = createSealer(ringOf('k2', 'k1'));
    expect(rotated.open(old, 'job')).toBe('token');
    expect(rotated.seal('token', 'job')).toMatch(/^v1\.k2\./);
    expect(sealer.open(rotated.seal('token', 'job'), 'job')).toBeUndefined();
    expect([rotated.activeKeyId(), sealKeyId(old)]).toEqual(['k2', 'k1']);
  });

  it('takes the ring as it is at the moment', () => {
    let ring = ringOf('k1');
    const following = createSealer(() => ring());
    const old = following.seal('token', 'job');
    ring = ringOf('k2');
    expect(following.seal('token', 'job')).toMatch(/^v1\.k2\./);
    expect(following.open(old, 'job')).toBeUndefined();
    expect(sealKeyId(old)).toBe('k1');
  });

  it.each(['', '{"hops":1}', 'v1.k1', 'v2.k1.AAAA.AAAA'])('sees that %j is not sealed', (text) => {
    expect(sealKeyId(text)).toBeUndefined();
  });

  it.each(['', 'x', 'v1.k1', 'v1.k1..', 'v2.k1.AAAA.AAAA', 'v1.k1.AAAA.AAAA'])(
    'opens no nonsense: %j',
    (nonsense) => expect(sealer.open(nonsense, 'job')).toBeUndefined(),
  );
});
