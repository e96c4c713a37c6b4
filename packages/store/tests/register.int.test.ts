import { exportEventSchema } from '@bulkwatch/contract';
import { startFaultProxy } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, newJob, openBench, tenant } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('register', () => {
  it('creates record, due index, event and wake-up together', async () => {
    const { jobs, raw } = bench;
    const result = await jobs.register(
      tenant,
      newJob({ labels: { study: 'a' }, reference: 'r-1', firstDelayMs: 5_000 }),
    );

    expect(result.kind).toBe('created');
    if (result.kind !== 'created') return;
    const { job } = result;
    expect(await jobs.get(tenant, job.id)).toEqual(job);
    const due = Number(await raw.zscore('{bulkwatch}:due', job.id));
    expect(due - job.registeredAt).toBeGreaterThanOrEqual(5_000);
    expect(await raw.zscore('{bulkwatch}:bull:polls:delayed', `${job.id}-1`)).not.toBeNull();

    const event = (await bench.events()).find(({ subject }) => subject === job.id);
    expect(exportEventSchema.parse(event)).toMatchObject({
      type: 'bulkwatch.export.registered',
      id: `${job.id}.registered.0`,
      data: { job: { id: job.id, labels: { study: 'a' }, state: 'registered' } },
    });
    expect(JSON.stringify(event)).not.toContain('secret');
  });

  it('gives the open job back for the same tenant and status URL, and a new one for another tenant', async () => {
    const { jobs } = bench;
    const job = newJob();
    const first = await jobs.register(tenant, job);
    const second = await jobs.register(tenant, job);
    const other = await jobs.register('other', job);

    expect(second).toMatchObject({ kind: 'existing', job: idOf(first) });
    expect(other.kind).toBe('created');
    expect(idOf(other)).not.toEqual(idOf(first));
  });

  it('counts the wait of the kick-off by Redis’s clock, of which a caller that hears late has a notion that is behind', async () => {
    const proxy = await startFaultProxy(bench.redis.port);
    const far = await bench.open('api', { redisUrl: `redis://127.0.0.1:${proxy.port}` });
    proxy.delayMs = 300;
    const late = await far.jobs.register(tenant, newJob({ firstDelayMs: 60_000 }));
    const { id = '' } = idOf(late);
    await far.close();
    await proxy.close();

    const { dueAt, retryAfterUntil } = (await bench.jobs.get(tenant, id)) ?? {};
    expect(retryAfterUntil).toBe(dueAt);
  });

  it('is to be tried again where Redis has lost the job that it told of', async () => {
    const job = newJob();
    const { id } = await bench.register(job);
    await bench.raw.del(`{bulkwatch}:job:${id}`);

    await expect(bench.jobs.register(tenant, job)).rejects.toMatchObject({
      reason: 'store-unavailable',
    });
  });

  it('tracks a status URL anew once its job is settled', async () => {
    const job = newJob();
    const first = await bench.register(job);
    await bench.jobs.cancel(tenant, first.id, { deleteAtProvider: false });
    expect((await bench.register(job)).id).not.toBe(first.id);
  });

  it('registers once however many ask at the same time', async () => {
    const job = newJob();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => bench.jobs.register(tenant, job)),
    );
    expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1);
    expect(new Set(results.map((result) => idOf(result).id)).size).toBe(1);
  });

  it('honours an Idempotency-Key, also for a settled job, and refuses it for another body', async () => {
    const idempotency = { key: 'order-7', fingerprint: 'aa' };
    const first = await bench.register(newJob({ idempotency }));
    await bench.jobs.cancel(tenant, first.id, { deleteAtProvider: false });

    expect(await bench.jobs.register(tenant, newJob({ idempotency }))).toMatchObject({
      kind: 'existing',
      job: { id: first.id },
    });
    const reused = newJob({ idempotency: { ...idempotency, fingerprint: 'bb' } });
    expect(await bench.jobs.register(tenant, reused)).toEqual({ kind: 'idempotency-key-reused' });
  });

  it('knows an Idempotency-Key of its tenant only', async () => {
    const idempotency = { key: 'order-8', fingerprint: 'aa' };
    const first = await bench.register(newJob({ idempotency }));
    const ofAnother = await bench.jobs.register('acme', newJob({ idempotency }));

    expect(ofAnother).toMatchObject({ kind: 'created' });
    expect(idOf(ofAnother).id).not.toBe(first.id);
  });

  it('keeps a submitted token sealed, and opens it for the claim only', async () => {
    const job = await bench.register(newJob({ bearerToken: 'tok-canary-1' }));
    const everything = await dump();
    expect(everything).toContain(job.id);
    expect(everything).not.toContain('tok-canary-1');

    const claim = await bench.claim(job.id);
    expect(bench.jobs.submittedToken(claim)).toEqual({ kind: 'opened', token: 'tok-canary-1' });
    const moved = { ...claim, jobId: 'another' };
    expect(bench.jobs.submittedToken(moved)).toEqual({ kind: 'unopenable', keyId: 'k1' });
  });

  it('puts ids only into the queue entry', async () => {
    const job = await bench.register(newJob({ reference: 'ref', labels: { a: 'b' } }));
    const data = await bench.raw.hget(`{bulkwatch}:bull:polls:${job.id}-1`, 'data');
    expect(JSON.parse(data ?? '')).toEqual({ jobId: job.id, wake: 1 });
  });
});

const idOf = (result: { kind: string; job?: { id: string } }) => ({ id: result.job?.id });

async function dump(): Promise<string> {
  const { raw } = bench;
  const parts: string[] = [];
  for (const key of await raw.keys('*')) {
    const type = await raw.type(key);
    if (type === 'hash') parts.push(key, JSON.stringify(await raw.hgetall(key)));
    if (type === 'string') parts.push(key, (await raw.get(key)) ?? '');
    if (type === 'stream') parts.push(key, JSON.stringify(await raw.xrange(key, '-', '+')));
    if (type === 'list') parts.push(key, JSON.stringify(await raw.lrange(key, 0, -1)));
  }
  return parts.join('\n');
}
