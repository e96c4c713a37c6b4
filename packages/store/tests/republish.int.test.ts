import type { ExportEvent } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../src/keys.js';
import { scripts } from '../src/scripts.js';
import { type Bench, complete, facts, openBench, sealKeys, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const republish = (jobId: string) => bench.jobs.republish(tenant, jobId);

async function completedJob(overrides: Partial<typeof complete> = {}): Promise<string> {
  const { id } = await bench.register();
  await bench.jobs.applyDecision(await bench.claim(id), { ...complete, ...overrides }, facts);
  return id;
}

async function told(jobId: string): Promise<ExportEvent[]> {
  return (await bench.events()).filter(
    ({ subject, type }) => subject === jobId && type !== 'bulkwatch.export.registered',
  );
}

describe('republish', () => {
  it.each<[string, () => Promise<string>]>([
    ['completed', completedJob],
    ['completed by reference', () => completedJob({ onlyByReference: true })],
    [
      'failed',
      async () => {
        const { id } = await bench.register();
        const decision = { next: 'fail', reason: 'export-failed' } as const;
        await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
        return id;
      },
    ],
    [
      'cancelled',
      async () => {
        const { id } = await bench.register();
        await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });
        return id;
      },
    ],
  ])('tells the same event again of a job that is %s', async (_what, settle) => {
    const id = await settle();
    expect((await republish(id)).kind).toBe('done');
    const [first, second, ...others] = await told(id);
    expect(second).toEqual(first);
    expect(second).toBeDefined();
    expect(others).toEqual([]);
  });

  it('rings the doorbell, and changes nothing of the job', async () => {
    const id = await completedJob();
    const before = await bench.jobs.get(tenant, id);
    const subscriber = bench.raw.duplicate();
    const heard: string[] = [];
    subscriber.on('message', (_channel, json) => heard.push(json));
    await subscriber.subscribe('bulkwatch:events:completed');
    await republish(id);
    await eventually(() => {
      expect(heard.map((json) => (JSON.parse(json) as ExportEvent).subject)).toEqual([id]);
    });
    subscriber.disconnect();
    expect(await bench.jobs.get(tenant, id)).toEqual(before);
  });

  it('goes to the stream of the tenant too', async () => {
    const result = await bench.jobs.register('acme', {
      statusUrl: 'https://ehr.example/of-acme',
      protocol: 'fhir-bulk',
      provider: 'https://ehr.example',
      labels: {},
      firstDelayMs: 0,
    });
    if (result.kind !== 'created') throw new Error(result.kind);
    await bench.jobs.cancel('acme', result.job.id, { deleteAtProvider: false });
    await bench.jobs.republish('acme', result.job.id);
    expect(await bench.raw.xlen('{bulkwatch}:events:acme')).toBe(3);
  });

  it('tells it once, when the client sends it again, and not from an old record', async () => {
    const id = await completedJob();
    const send = (version: number, nonce: string) =>
      scripts.republish(
        bench.raw,
        { job: keys.job(id), events: keys.events, tenantEvents: keys.events },
        { version, nonce, event: '{}', channel: 'c', eventsMaxLength: 100 },
      );
    const count = () => bench.raw.xlen(keys.events);
    const before = await count();
    expect(await send(2, 'n')).toEqual(['republished']);
    expect(await send(2, 'n')).toEqual(['republished']);
    expect(await send(1, 'm')).toEqual(['changed']);
    const told = await bench.raw.xrevrange(keys.events, '+', '-', 'COUNT', await count());
    expect(told).toHaveLength(before + 1);
    await bench.raw.xdel(keys.events, told[0]?.[0] ?? '');
  });

  it('is for settled jobs of the tenant', async () => {
    const { id } = await bench.register();
    expect(await republish(id)).toEqual({ kind: 'refused', why: 'not-settled' });
    expect(await bench.jobs.republish('other', id)).toEqual({ kind: 'refused', why: 'not-found' });
  });

  it('names the seal key without which the manifest cannot be told', async () => {
    const id = await completedJob();
    await bench.writeSealKeys(sealKeys.k2);
    const keyless = await bench.open();
    expect(await keyless.jobs.republish(tenant, id)).toEqual({
      kind: 'refused',
      why: 'sealed',
      keyId: 'k1',
    });
    await keyless.close();
    await bench.writeSealKeys(sealKeys.k1);
  });
});
