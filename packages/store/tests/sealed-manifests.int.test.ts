import { exportEventSchema } from '@bulkwatch/contract';
import type { Complete, PollAgain } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store, StoreOptions } from '../src/index.js';
import { scripts } from '../src/scripts.js';
import {
  type Bench,
  complete,
  facts,
  newJob,
  openBench,
  pollAgain,
  randomNonce,
  sealKeys,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const canary = 'canary-signature-47';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const manifestWith = (...urls: readonly string[]): string =>
  `{"transactionTime": "2026-01-04T17:42:25.000Z", "output": [${urls
    .map((url) => `{"type":"Patient","url":"${url}","count":1.50}`)
    .join(', ')}]}`;
const signed = manifestWith(`https://files.example/1?sig=${canary}`, 'https://files.example/2');
const plain = manifestWith('https://files.example/1', 'https://files.example/2');
const completeWith = (text: string): Complete => ({ ...complete, manifest: utf8(text) });
const pageAt = (url: string, text: string): PollAgain =>
  pollAgain({ delayMs: 0, page: { url, bytes: utf8(text) } });

const manifestKey = (jobId: string) => `{bulkwatch}:manifest:${jobId}`;
const pagesKey = (jobId: string) => `{bulkwatch}:pages:${jobId}`;

/** Everything that a reader of Redis sees of a job: its keys, and the events that tell of it. */
async function seenOf(jobId: string): Promise<string> {
  const values = await Promise.all([
    bench.raw.hgetall(`{bulkwatch}:job:${jobId}`),
    bench.raw.get(manifestKey(jobId)),
    bench.raw.hgetall(pagesKey(jobId)),
  ]);
  const entries = await bench.raw.xrange('{bulkwatch}:events', '-', '+');
  const told = entries.map((entry) => JSON.stringify(entry)).filter((text) => text.includes(jobId));
  return JSON.stringify(values) + told.join('\n');
}

const eventsOf = async (jobId: string) =>
  (await bench.events())
    .filter(({ subject }) => subject === jobId)
    .map((event) => exportEventSchema.parse(event));

async function withStore<T>(changes: Partial<StoreOptions>, use: (store: Store) => Promise<T>) {
  const store = await bench.open('worker', changes);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const withoutKeys = <T>(use: (store: Store) => Promise<T>) =>
  withStore({ sealKeysFile: undefined }, use);

/** Registers a job and applies the decisions, each under a claim of its own. */
async function tracked(
  store: Store,
  ...decisions: readonly (PollAgain | Complete)[]
): Promise<string> {
  const { id } = await bench.register(newJob());
  for (const decision of decisions)
    await store.jobs.applyDecision(await claimWith(store, id), decision, facts);
  return id;
}

async function claimWith(store: Store, jobId: string) {
  const result = await store.jobs.claimPoll({ jobId, wake: 1 }, { nonce: randomNonce(), dice: 0 });
  if (result.kind !== 'claimed') throw new Error(result.kind);
  return result.claim;
}

describe('a manifest', () => {
  it('is sealed, and comes back byte for byte', async () => {
    const id = await tracked(bench.store, completeWith(signed));
    expect(await seenOf(id)).not.toMatch(/canary|files\.example/);
    expect(await bench.raw.get(manifestKey(id))).toMatch(/^v1b\.k1\./);
    expect(await bench.manifestText(id)).toBe(signed);
  });

  it('is sealed in steps where it is large, and opened so', async () => {
    const large = manifestWith(
      ...Array.from({ length: 40_000 }, (_, n) => `https://f.example/${n}`),
    );
    const id = await tracked(bench.store, completeWith(large));
    expect(large.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(await bench.manifestText(id)).toBe(large);
  });

  it('is kept in clear where there is no key, and read by those who have one', async () => {
    const id = await withoutKeys((store) =>
      tracked(store, pageAt('https://ehr.example/p/1', plain), completeWith(signed)),
    );
    expect(await bench.raw.get(manifestKey(id))).toBe(signed);
    expect(await bench.manifestText(id)).toBe(signed);
    const [page] = await withoutKeys(async (store) => {
      const open = await tracked(store, pageAt('https://ehr.example/p/2', signed));
      return bench.pages(await bench.claim(open));
    });
    expect(Buffer.from(page ?? []).toString()).toBe(signed);
  });

  it('names the key that is missing, and shows nothing', async () => {
    const id = await tracked(bench.store, completeWith(signed));
    const locked = { kind: 'unopenable', keyId: 'k1' };
    expect(await withoutKeys((store) => store.jobs.manifest(tenant, id))).toEqual(locked);
  });

  it('does not open in the place of another, nor changed', async () => {
    const [one, other] = [
      await tracked(bench.store, completeWith(signed)),
      await tracked(bench.store, completeWith(plain)),
    ];
    const moved = (await bench.raw.getBuffer(manifestKey(one))) ?? Buffer.alloc(0);
    await bench.raw.set(manifestKey(other), moved);
    expect(await bench.jobs.manifest(tenant, other)).toEqual({ kind: 'unopenable', keyId: 'k1' });
    moved.writeUInt8((moved.at(-20) ?? 0) ^ 1, moved.length - 20);
    await bench.raw.set(manifestKey(one), moved);
    expect(await bench.jobs.manifest(tenant, one)).toEqual({ kind: 'unopenable', keyId: 'k1' });
    await bench.raw.set(manifestKey(one), moved.subarray(0, 30));
    expect(await bench.jobs.manifest(tenant, one)).toEqual({ kind: 'unopenable', keyId: 'k1' });
    await bench.raw.del(manifestKey(one), manifestKey(other));
  });
});

describe('pages', () => {
  it('open in their own place only, and not without the key', async () => {
    const urls = ['https://ehr.example/p/1', 'https://ehr.example/p/2'];
    const id = await tracked(bench.store, ...urls.map((url) => pageAt(url, signed)));
    expect(await seenOf(id)).not.toMatch(/canary|files\.example/);
    const claim = await bench.claim(id);
    const locked = { kind: 'unopenable', keyId: 'k1' };
    expect(await withoutKeys((store) => store.jobs.collectedPages(claim))).toEqual(locked);

    const [one, other] = Object.entries(await bench.raw.hgetallBuffer(pagesKey(id)));
    if (!one || !other) throw new Error('pages are missing');
    await bench.raw.hset(pagesKey(id), other[0], one[1]);
    expect(await bench.jobs.collectedPages(claim)).toEqual(locked);
    await bench.raw.del(pagesKey(id));
  });
});

describe('the event of a completed export', () => {
  it('refers to a manifest of which a URL may be signed', async () => {
    const id = await tracked(bench.store, completeWith(signed));
    const event = (await eventsOf(id)).at(-1);
    expect(event).toMatchObject({ dataref: `/v1/jobs/${id}/manifest` });
    expect(event?.data).not.toHaveProperty('manifest');
  });

  it('carries one that holds none, byte for byte', async () => {
    const text = plain.replace('{', '{"request":"https://ehr.example/$export?_type=Patient", ');
    const id = await tracked(bench.store, completeWith(text));
    expect(await seenOf(id)).toContain(JSON.stringify(text).slice(1, -1));
    expect((await eventsOf(id)).at(-1)).not.toHaveProperty('dataref');
  });

  it('refers to it where nothing is sealed, too', async () => {
    const id = await withoutKeys((store) => tracked(store, completeWith(signed)));
    expect(JSON.stringify(await eventsOf(id))).not.toContain(canary);
  });

  it('carries it where an operator says so', async () => {
    const id = await withStore({ inlineSignedUrls: true }, (store) =>
      tracked(store, pollAgain({ delayMs: 0, partials: [signed] }), completeWith(signed)),
    );
    const told = await eventsOf(id);
    expect(told.slice(1).map(({ data }) => data.manifest)).toEqual([
      JSON.parse(signed),
      JSON.parse(signed),
    ]);
    expect(JSON.stringify(told)).not.toContain('urlsMasked');
  });
});

describe('the event of a partial manifest', () => {
  it('masks URLs that may be signed, and says so', async () => {
    const id = await tracked(bench.store, pollAgain({ delayMs: 0, partials: [signed, plain] }));
    const [, masked, whole] = await eventsOf(id);
    expect(masked?.data).toMatchObject({
      urlsMasked: true,
      manifest: {
        output: [{ url: 'https://files.example/1?…' }, { url: 'https://files.example/2' }],
      },
    });
    expect(whole?.data.manifest).toEqual(JSON.parse(plain));
    expect(whole?.data).not.toHaveProperty('urlsMasked');
  });
});

describe('rotation', () => {
  it('seals manifests and pages anew, beside workers; the old key can go', async () => {
    const urls = ['https://ehr.example/p/1', 'https://ehr.example/p/2'];
    const pages = urls.map((url) => pageAt(url, signed));
    const ended = await tracked(bench.store, ...pages, completeWith(signed));
    const open = await tracked(bench.store, ...pages);
    const inClear = await withoutKeys((store) => tracked(store, completeWith(plain)));
    await bench.raw.pexpire(manifestKey(ended), 3_600_000);

    await bench.writeSealKeys(sealKeys.k2, sealKeys.k1);
    await withStore({}, async (store) => {
      expect(await store.resealAll()).toMatchObject({ damaged: 0, missing: new Map() });
      expect(await store.resealAll()).toMatchObject({ resealed: 0 });
    });
    expect(await bench.raw.pttl(manifestKey(ended))).toBeGreaterThan(0);
    expect(await bench.raw.get(manifestKey(inClear))).toBe(plain);

    await bench.writeSealKeys(sealKeys.k2);
    await withStore({}, async (store) => {
      const manifest = await store.jobs.manifest(tenant, ended);
      expect(manifest).toEqual({ kind: 'opened', bytes: Buffer.from(signed) });
      const collected = await store.jobs.collectedPages(await claimWith(store, open));
      expect(collected).toEqual({ kind: 'opened', pages: urls.map(() => Buffer.from(signed)) });
      expect((await store.resealAll()).missing).toEqual(new Map());
    });
  });

  it('counts the jobs whose manifest waits for a key, and those that no key opens', async () => {
    await bench.writeSealKeys(sealKeys.k2);
    const id = await withStore({}, (store) => tracked(store, completeWith(signed)));
    const before = await bench.raw.getBuffer(manifestKey(id));
    await bench.writeSealKeys(sealKeys.k1);
    const { missing } = await withStore({}, (store) => store.resealAll());
    expect(missing.get('k2')).toBeGreaterThan(0);
    expect(await bench.raw.getBuffer(manifestKey(id))).toEqual(before);

    await bench.writeSealKeys(sealKeys.k1, sealKeys.k2);
    await bench.raw.append(manifestKey(id), 'x');
    expect(await withStore({}, (store) => store.resealAll())).toMatchObject({ damaged: 1 });
  });

  it('leaves alone what was written since it was read', async () => {
    const id = await tracked(bench.store, pageAt('https://ehr.example/p/9', signed));
    const before = await bench.raw.hgetall(pagesKey(id));
    const [pageField = ''] = Object.keys(before);
    await bench.raw.set(manifestKey(id), 'v1b.k1.newer');
    const args = { head: 'v1b.k1.older', sealed: 'v1b.k2.x' };
    const changed = ['changed'];
    const { raw } = bench;
    expect(await scripts.resealManifest(raw, { manifest: manifestKey(id) }, args)).toEqual(changed);
    const pages = { pages: pagesKey(id) };
    expect(await scripts.resealPage(raw, pages, { pageField, ...args })).toEqual(changed);
    expect(await scripts.resealPage(raw, pages, { pageField: 'gone', ...args })).toEqual(changed);
    expect(await raw.get(manifestKey(id))).toBe('v1b.k1.newer');
    expect(await raw.hgetall(pagesKey(id))).toEqual(before);
  });
});
