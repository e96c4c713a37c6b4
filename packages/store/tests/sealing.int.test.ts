import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../src/index.js';
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

const canary = 'canary-query-41';
const statusUrl = (path: string): string => `https://ehr.example/${path}?sig=${canary}`;
const record = (jobId: string) => bench.raw.hgetall(`{bulkwatch}:job:${jobId}`);

/** Opens another store on the same Redis for the length of `use`. */
async function withStore<T>(
  changes: { sealKeysFile?: undefined },
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await bench.open('worker', changes);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const withoutKeys = <T>(use: (store: Store) => Promise<T>) =>
  withStore({ sealKeysFile: undefined }, use);

async function claimWith(store: Store, jobId: string) {
  const result = await store.jobs.claimPoll({ jobId, wake: 1 }, { nonce: randomNonce(), dice: 0 });
  if (result.kind !== 'claimed') throw new Error(result.kind);
  return result.claim;
}

async function registerWith(store: Store, url: string) {
  const result = await store.jobs.register(tenant, newJob({ statusUrl: url }));
  if (result.kind !== 'created') throw new Error(result.kind);
  return result.job;
}

describe('a status URL with a query', () => {
  it('is sealed, shown masked, and opened for the claim', async () => {
    const job = await bench.register(newJob({ statusUrl: statusUrl('sealed') }));
    expect(job.statusUrl).toBe('https://ehr.example/sealed?…');
    expect((await bench.jobs.get(tenant, job.id))?.statusUrl).toBe(job.statusUrl);
    expect(JSON.stringify(await record(job.id))).not.toContain(canary);
    expect((await bench.claim(job.id)).job.statusUrl).toBe(statusUrl('sealed'));
  });

  it('is the same job as long as it is open, and a new one once it is settled', async () => {
    const wanted = newJob({ statusUrl: statusUrl('same') });
    const first = await bench.register(wanted);
    expect(await bench.jobs.register(tenant, wanted)).toMatchObject({ kind: 'existing' });
    await bench.jobs.cancel(tenant, first.id, { deleteAtProvider: false });

    const second = await bench.register(wanted);
    await bench.jobs.applyDecision(await bench.claim(second.id), complete, facts);
    expect((await bench.register(wanted)).id).not.toBe(second.id);
  });

  it('is stored as it is without a query, since nothing is hidden by then', async () => {
    const job = await bench.register(newJob({ statusUrl: 'https://ehr.example/plain' }));
    const kept = await record(job.id);
    expect(kept['statusUrl']).toBe('https://ehr.example/plain');
    expect(kept).not.toHaveProperty('sealedStatusUrl');
  });

  it('is stored in clear where there is no key, and read by those who have one', async () => {
    const job = await withoutKeys((store) => registerWith(store, statusUrl('clear')));
    expect((await record(job.id))['statusUrl']).toBe(statusUrl('clear'));

    const claim = await bench.claim(job.id);
    expect(claim.job.statusUrl).toBe(statusUrl('clear'));
    await bench.jobs.applyDecision(claim, complete, facts);
    expect((await registerWith(bench.store, statusUrl('clear'))).id).not.toBe(job.id);
  });
});

describe('what polling has to remember', () => {
  const memory = { cursor: { kind: 'page', url: statusUrl('page/2') } } as const;

  it('is sealed, and opened for the next claim', async () => {
    const job = await bench.register();
    const claim = await bench.claim(job.id);
    await bench.jobs.applyDecision(claim, pollAgain({ delayMs: 0, memory }), facts);
    expect(JSON.stringify(await record(job.id))).not.toContain(canary);
    expect((await bench.claim(job.id)).job.memory).toEqual(memory);
  });

  it('is read where it was written in clear', async () => {
    const job = await withoutKeys((store) => registerWith(store, statusUrl('clear-memory')));
    await withoutKeys(async (store) => {
      const claim = await claimWith(store, job.id);
      await store.jobs.applyDecision(claim, pollAgain({ delayMs: 0, memory }), facts);
    });
    expect((await record(job.id))['memory']).toContain(canary);
    expect((await bench.claim(job.id)).job.memory).toEqual(memory);
  });
});

describe('without the seal key', () => {
  it('a claim names the key that is missing, and shows nothing of the URL', async () => {
    const job = await bench.register(newJob({ statusUrl: statusUrl('locked') }));
    const claim = await withoutKeys((store) => claimWith(store, job.id));
    expect(claim.job).toMatchObject({ missingSealKey: 'k1', memory: {} });
    expect(JSON.stringify(claim)).not.toContain(canary);
  });

  it('a job can be cancelled all the same, and its URL be tracked anew', async () => {
    const wanted = newJob({ statusUrl: statusUrl('cancelled') });
    const job = await bench.register(wanted);
    await withoutKeys((store) => store.jobs.cancel(tenant, job.id, { deleteAtProvider: false }));
    expect((await bench.register(wanted)).id).not.toBe(job.id);
  });

  it('a text that was moved to another record does not open', async () => {
    const one = await bench.register(newJob({ statusUrl: statusUrl('one') }));
    const other = await bench.register(newJob({ statusUrl: statusUrl('other') }));
    const { sealedStatusUrl = '' } = await record(one.id);
    await bench.raw.hset(`{bulkwatch}:job:${other.id}`, { sealedStatusUrl });
    expect((await bench.claim(other.id)).job.missingSealKey).toBe('k1');
    await bench.jobs.cancel(tenant, other.id, { deleteAtProvider: false });
    await bench.raw.del(`{bulkwatch}:job:${other.id}`);
  });
});

describe('rotation', () => {
  it('seals everything anew, beside workers, and again without effect; the old key can go', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        bench.register(newJob({ statusUrl: statusUrl(`turn/${n}`), bearerToken: `token-${n}` })),
      ),
    );
    await bench.writeSealKeys(sealKeys.k2, sealKeys.k1);
    await withStore({}, async (store) => {
      const [report] = await Promise.all([
        store.resealAll(),
        // These write with the old key meanwhile, as a service does that has not looked at the file yet.
        ...jobs.slice(0, 10).map(async ({ id }) => {
          const memory = { movedTo: statusUrl('moved') };
          await bench.jobs.applyDecision(await bench.claim(id), pollAgain({ memory }), facts);
        }),
      ]);
      expect(report).toMatchObject({ activeKeyId: 'k2', damaged: 0, missing: new Map() });
      expect(report.resealed).toBeGreaterThanOrEqual(jobs.length);

      await store.resealAll();
      expect(await store.resealAll()).toMatchObject({ sealed: report.sealed, resealed: 0 });
    });

    await bench.writeSealKeys(sealKeys.k2);
    await withStore({}, async (store) => {
      const claim = await claimWith(store, jobs[20]?.id ?? '');
      expect(claim.job.statusUrl).toBe(statusUrl('turn/20'));
      expect(store.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'token-20' });
    });
  });

  it('leaves a record alone that was written since it was read', async () => {
    const job = await bench.register(newJob({ statusUrl: statusUrl('raced') }));
    const before = await record(job.id);
    const swaps = [
      'sealedStatusUrl',
      before['sealedStatusUrl'] ?? '',
      'new',
      'memory',
      'old',
      'new',
    ];
    const reply = await scripts.resealJob(
      bench.raw,
      { job: `{bulkwatch}:job:${job.id}` },
      {},
      swaps,
    );
    expect(reply).toEqual(['changed']);
    expect(await record(job.id)).toEqual(before);
    await bench.jobs.cancel(tenant, job.id, { deleteAtProvider: false });
    await bench.raw.del(`{bulkwatch}:job:${job.id}`);
  });

  it('counts the jobs that wait for a key that is missing, and leaves them as they are', async () => {
    const job = await withStore({}, (store) => registerWith(store, statusUrl('waiting')));
    const before = await record(job.id);
    await bench.writeSealKeys(sealKeys.k1);
    const report = await withStore({}, (store) => store.resealAll());
    expect(report.activeKeyId).toBe('k1');
    expect(report.missing.get('k2')).toBeGreaterThan(0);
    expect(await record(job.id)).toEqual(before);
  });

  it('counts what no key opens', async () => {
    await bench.writeSealKeys(sealKeys.k2, sealKeys.k1);
    const job = await withStore({}, (store) => registerWith(store, statusUrl('damaged')));
    const { sealedStatusUrl = '' } = await record(job.id);
    await bench.raw.hset(`{bulkwatch}:job:${job.id}`, {
      sealedStatusUrl: `${sealedStatusUrl.slice(0, -4)}AAAA`,
    });
    expect(await withStore({}, (store) => store.resealAll())).toMatchObject({ damaged: 1 });
  });

  it('is refused without a key ring', async () => {
    await expect(withoutKeys((store) => store.resealAll())).rejects.toThrow(/no key ring/);
  });
});
