import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, newJob, openBench, sealKeys, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** What becomes of a registration under an Idempotency-Key, by a store with these seal keys. */
async function registerWith(
  ring: readonly (keyof typeof sealKeys)[],
  { key, body: fingerprint }: { key: string; body: string },
) {
  if (ring.length > 0) await bench.writeSealKeys(...ring.map((keyId) => sealKeys[keyId]));
  const store = await bench.open('api', ring.length > 0 ? {} : { sealKeysFile: undefined });
  try {
    return (await store.jobs.register(tenant, newJob({ idempotency: { key, fingerprint } }))).kind;
  } finally {
    await store.close();
  }
}

const body = 'fingerprint-of-a-body';
const stored = async () => bench.raw.mget(await bench.raw.keys('{bulkwatch}:idempotency:*'));

describe('the fingerprint under an Idempotency-Key', () => {
  it('cannot be made from the body alone where there is a seal key', async () => {
    await registerWith(['k1'], { key: 'sealed', body });
    expect(JSON.stringify(await stored())).not.toContain(body);

    await registerWith([], { key: 'open', body });
    expect(JSON.stringify(await stored())).toContain(body);
  });

  it('is another with another key', async () => {
    await registerWith(['k1'], { key: 'lost', body });
    expect(await registerWith(['k2'], { key: 'lost', body })).toBe('idempotency-key-reused');
  });

  it('is known again while the ring is rotated, from one without a key on', async () => {
    const key = 'rotated';
    expect(await registerWith([], { key, body })).toBe('created');
    expect(await registerWith(['k1'], { key, body })).toBe('existing');

    const later = 'rotated-later';
    expect(await registerWith(['k1'], { key: later, body })).toBe('created');
    expect(await registerWith(['k2', 'k1'], { key: later, body })).toBe('existing');
    expect(await registerWith(['k1', 'k2'], { key: later, body })).toBe('existing');
  });

  it('tells another body, whatever the ring', async () => {
    const key = 'reused';
    await registerWith(['k1'], { key, body });
    for (const ring of [['k1'], ['k2', 'k1']] as const)
      expect(await registerWith(ring, { key, body: 'another' })).toBe('idempotency-key-reused');
  });
});
