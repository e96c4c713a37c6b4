import { exportEventSchema } from '@bulkwatch/contract';
import type { Complete, PollAgain } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Bench,
  complete,
  facts,
  manifestText,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const urlOf = (page: number | string) => `https://ehr.example/pages/${page}?sig=canary`;
const pageOf = (page: number | string, text = `{"page":"${page}"}`) => ({
  url: urlOf(page),
  bytes: new TextEncoder().encode(text),
});
const withPage = (page: number | string, text?: string): PollAgain =>
  pollAgain({ delayMs: 0, page: pageOf(page, text) });

/** Applies the decisions one after the other, each under a claim of its own. */
async function applyAll(jobId: string, ...decisions: (PollAgain | Complete)[]): Promise<void> {
  for (const decision of decisions)
    await bench.jobs.applyDecision(await bench.claim(jobId), decision, facts);
}

async function textsOf(jobId: string, exceptUrl?: string): Promise<string[]> {
  const claim = await bench.claim(jobId);
  const pages = await bench.pages(claim, exceptUrl);
  await bench.jobs.releaseClaim(claim);
  return pages.map((page) => Buffer.from(page).toString());
}

const eventsOf = async (jobId: string) =>
  (await bench.events()).filter(({ subject }) => subject === jobId);

describe('the memory of a job', () => {
  const memory = { movedTo: urlOf('moved'), told: { output: 3, deleted: 0, errors: 1 } };
  const stored = (jobId: string) => bench.raw.hget(`{bulkwatch}:job:${jobId}`, 'memory');

  it('is there at each claim until it is replaced or cleared', async () => {
    const { id } = await bench.register();
    const remembered = async () => {
      const claim = await bench.claim(id);
      await bench.jobs.releaseClaim(claim);
      return claim.job.memory;
    };

    expect(await remembered()).toEqual({});
    await applyAll(id, pollAgain({ delayMs: 0, memory }));
    expect(await remembered()).toEqual(memory);
    await applyAll(id, pollAgain({ delayMs: 0 }));
    expect(await remembered()).toEqual(memory);
    await applyAll(id, pollAgain({ delayMs: 0, memory: { alternateAccept: true } }));
    expect(await remembered()).toEqual({ alternateAccept: true });
    await applyAll(id, pollAgain({ delayMs: 0, memory: {} }));
    expect(await remembered()).toEqual({});
    expect(await stored(id)).toBeNull();
  });

  it('comes with the health that the last poll left', async () => {
    const { id } = await bench.register();
    expect((await bench.claim(id)).job).not.toHaveProperty('health');

    const other = await bench.register();
    const bad = { health: 'rate-limited', reason: 'rate-limited', inProgress: false } as const;
    await applyAll(other.id, pollAgain({ delayMs: 0, ...bad }));
    expect((await bench.claim(other.id)).job).toMatchObject({ health: 'rate-limited' });
  });

  it('ends with the job, whichever way that ends', async () => {
    const ends: ((jobId: string) => Promise<unknown>)[] = [
      (jobId) => applyAll(jobId, complete),
      (jobId) => bench.jobs.cancel(tenant, jobId, { deleteAtProvider: false }),
    ];
    for (const end of ends) {
      const { id } = await bench.register();
      const doubtful = { suspectReason: 'export-failed', suspectCount: 1 } as const;
      const { told } = memory;
      await applyAll(
        id,
        pollAgain({ delayMs: 0, memory: { told }, ...doubtful, health: 'unreachable' }),
      );
      expect(await stored(id)).not.toBeNull();
      await end(id);

      const left = await bench.raw.hkeys(`{bulkwatch}:job:${id}`);
      for (const field of ['memory', 'health', 'suspectReason', 'notBefore', 'dueAt', 'nonce'])
        expect(left).not.toContain(field);
    }
  });
});

describe('pages that are put by', () => {
  it('come back byte for byte, in the order of their first arrival, each once', async () => {
    const { id } = await bench.register();
    expect(await textsOf(id)).toEqual([]);
    await applyAll(id, withPage('b', '{"é": "\\u00e9"} \n'), withPage('a'), withPage('c'));
    await applyAll(id, withPage('a', '{"page":"changed"}'), withPage('d'));

    const expected = ['{"é": "\\u00e9"} \n', '{"page":"a"}', '{"page":"c"}', '{"page":"d"}'];
    expect(await textsOf(id)).toEqual(expected);
    expect(await textsOf(id, urlOf('a'))).toEqual(expected.toSpliced(1, 1));
    expect(await textsOf(id, urlOf('never met'))).toEqual(expected);
    expect(await bench.jobs.get(tenant, id)).toMatchObject({ state: 'in-progress', pollCount: 5 });
  });

  it('keep their order where Redis does not, and bytes that are no text', async () => {
    const { id } = await bench.register();
    // Long enough for Redis to keep them in a table, which has no order.
    const texts = Array.from({ length: 12 }, (_, index) => `{"page":"${index}${'x'.repeat(100)}"}`);
    await applyAll(id, ...texts.map((text, index) => withPage(index, text)));
    expect(await textsOf(id)).toEqual(texts);

    const odd = await bench.register();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await applyAll(odd.id, pollAgain({ delayMs: 0, page: { url: urlOf('odd'), bytes } }));
    const [page] = await bench.pages(await bench.claim(odd.id));
    expect(Buffer.from(page ?? []).equals(bytes)).toBe(true);
  });

  it('stay with the job, the last one too, and no key or field tells their URLs', async () => {
    const { id } = await bench.register();
    await applyAll(id, withPage(1), { ...complete, page: pageOf(2) });

    const kept = await bench.raw.hgetall(`{bulkwatch}:pages:${id}`);
    expect(Object.values(kept).toSorted()).toEqual([
      expect.stringMatching(/^1 v1b\.k1\./),
      expect.stringMatching(/^2 v1b\.k1\./),
    ]);
    // Some keys name the provider, by its origin.
    const urls = /canary|ehr\.example\/|"page/;
    expect(JSON.stringify([kept, await bench.raw.keys('*')])).not.toMatch(urls);
    expect(await bench.manifestText(id)).toBe(manifestText);
  });
});

describe('partial manifests', () => {
  const partials = ['{"output":[{"url":"1"}]}', '{"output":[{"url":"2"}]}', '{"output":[]}'];

  it('are told of in their order, after the progress, with ids that are stable', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    const decision = pollAgain({ progressed: true, partials, page: pageOf(1) });
    await bench.jobs.applyDecision(claim, decision, facts);

    const [, ...told] = (await eventsOf(id)).map((event) => exportEventSchema.parse(event));
    expect(told.map((event) => event.id)).toEqual([
      `${id}.progressed.1`,
      `${id}.partial.1`,
      `${id}.partial.1-2`,
      `${id}.partial.1-3`,
    ]);
    expect(told.every(({ data }) => data.job.state === 'in-progress')).toBe(true);
    expect(told.slice(1).map(({ data }) => JSON.stringify(data.manifest))).toEqual(partials);
  });

  it('go out by the thousand in one step, and ring the doorbell', async () => {
    const { id } = await bench.register();
    const many = Array.from({ length: 5_000 }, (_, number) => `{"output":[],"number":${number}}`);
    const heard: string[] = [];
    const stop = bench.store.watchJobs((jobId) => heard.push(jobId));
    await expect.poll(() => bench.raw.pubsub('NUMPAT')).toBe(1);
    await applyAll(id, pollAgain({ partials: many }));

    await expect.poll(() => heard.length).toBe(5_000);
    stop();
    const told = await eventsOf(id);
    expect(told).toHaveLength(5_001);
    expect(new Set(told.map((event) => event.id)).size).toBe(5_001);
    expect(told.at(-1)?.data.manifest).toEqual({ output: [], number: 4_999 });
  });

  it('are told once: a resend answers alike, and a stale claim leaves no event and no page', async () => {
    const { id } = await bench.register();
    const claim = await bench.claim(id);
    const decision = pollAgain({ delayMs: 0, partials, page: pageOf(1), memory: {} });
    const first = await bench.jobs.applyDecision(claim, decision, facts);
    expect(await bench.jobs.applyDecision(claim, decision, facts)).toEqual(first);
    expect(await eventsOf(id)).toHaveLength(4);

    const stale = await bench.claim(id);
    await bench.jobs.releaseClaim(stale);
    await bench.claim(id);
    const late = pollAgain({ partials, page: pageOf(2), memory: { movedTo: urlOf('late') } });
    expect(await bench.jobs.applyDecision(stale, late, facts)).toEqual({ kind: 'stale' });
    const ended = { ...complete, page: pageOf(3) };
    expect(await bench.jobs.applyDecision(stale, ended, facts)).toEqual({ kind: 'stale' });
    expect(await eventsOf(id)).toHaveLength(4);
    expect(await bench.raw.hlen(`{bulkwatch}:pages:${id}`)).toBe(1);
    expect(await bench.raw.hget(`{bulkwatch}:job:${id}`, 'memory')).toBeNull();
  });
});

describe('a job that completes without all of its pages', () => {
  it('says what is missing, and that the expiry is assumed', async () => {
    const { id } = await bench.register();
    const short = { reason: 'manifest-incomplete', detail: 'next page: timed-out' } as const;
    const expiresAt = Date.now() + 3_600_000;
    await applyAll(id, { ...complete, ...short, expiresAt, expiryAssumed: true });

    const expected = { state: 'completed', ...short, expiryAssumed: true, expiresAt };
    expect(await bench.jobs.get(tenant, id)).toMatchObject(expected);
    expect((await eventsOf(id)).at(-1)?.data.job).toMatchObject({
      ...short,
      state: 'completed',
      expiryAssumed: true,
    });
    expect(await bench.jobs.polls(tenant, id)).toMatchObject([{ reason: 'manifest-incomplete' }]);
  });
});

describe('the preset of a job', () => {
  it('is kept where it is named, shown, and given to whoever polls', async () => {
    const named = await bench.register(newJob({ preset: 'oracle-millennium' }));
    expect(await bench.jobs.get(tenant, named.id)).toMatchObject({ preset: 'oracle-millennium' });
    expect((await bench.claim(named.id)).job).toMatchObject({
      protocol: 'fhir-bulk',
      preset: 'oracle-millennium',
    });
    expect((await eventsOf(named.id))[0]?.data.job.preset).toBe('oracle-millennium');

    const unnamed = await bench.register();
    expect((await bench.claim(unnamed.id)).job).not.toHaveProperty('preset');
    expect((await eventsOf(unnamed.id))[0]?.data.job.preset).toBeNull();
  });
});
