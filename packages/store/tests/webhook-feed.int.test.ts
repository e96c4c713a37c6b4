import { describe, expect, it } from 'vitest';
import { newJob } from './store-bench.js';
import {
  attempt,
  bench,
  canary,
  engine,
  eventJson,
  newEndpoint,
  settle,
  startedAt,
  tenant,
  turnOf,
  url,
  webhooks,
} from './webhook-bench.js';

describe('the feed', () => {
  it('goes on where it was when its group gets lost, and sends nobody what is long past', async () => {
    await bench.jobs.register(tenant, newJob());
    const stream = '{bulkwatch}:events';
    await newEndpoint();
    const feed = engine().openFeed();
    const all = async () => {
      for (const read = []; ; ) {
        const some = (await feed.readNew()) ?? [];
        if (some.length === 0) return read;
        read.push(...some.map((one) => one.id));
      }
    };
    await bench.jobs.register(tenant, newJob());
    await feed.acknowledge(await all());
    await bench.jobs.register(tenant, newJob());
    const [unfinished] = await all();
    await feed.readForgotten();
    await bench.raw.xgroup('DESTROY', stream, 'bulkwatch-webhooks');
    await bench.jobs.register(tenant, newJob());
    await feed.readNew();
    const again = await all();
    await feed.close();
    expect(again).toEqual([unfinished, expect.any(String)]);
    await bench.raw.xgroup('SETID', stream, 'bulkwatch-webhooks', '$');
  });
});

describe('the webhook of a job', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const register = async () => {
    const result = await bench.jobs.register(tenant, newJob({ webhook: { url, secret } }));
    if (result.kind !== 'created') throw new Error(result.kind);
    return result.job;
  };

  it('is sealed, shown masked, replaced and taken away, of a settled job too', async () => {
    const { id, webhook } = await register();
    expect(webhook).toEqual({
      url: 'https://hooks.example/path?…',
      types: null,
      state: 'enabled',
      disabledReason: null,
    });
    const stored = JSON.stringify(await bench.raw.hgetall(`{bulkwatch}:job:${id}`));
    expect(stored).not.toContain(canary);
    expect(stored).not.toContain(secret.slice(6));
    await bench.jobs.cancel(tenant, id, { deleteAtProvider: false });

    const types = ['bulkwatch.export.failed'] as const;
    const changed = { url: 'https://b.example/', secret, types };
    expect(await bench.jobs.amend('somebody', id, { webhook: changed })).toEqual({
      kind: 'not-found',
    });
    expect(await bench.jobs.amend(tenant, id, { webhook: changed })).toMatchObject({
      kind: 'amended',
      job: { webhook: { url: 'https://b.example/', types } },
    });
    const gone = await bench.jobs.amend(tenant, id, { webhook: null });
    expect(gone.kind === 'amended' && gone.job.webhook).toBeUndefined();
    expect(await bench.jobs.amend(tenant, id, { webhook: null, labels: {} })).toMatchObject({
      kind: 'already-settled',
    });
  });

  it('that moves waits for nothing that the old URL asked for', async () => {
    const { id } = await register();
    const due = '{bulkwatch}:webhooks-due';
    await bench.raw.del(due);
    const json = eventJson(1).replaceAll('job-1', id);
    await engine().dispatch([{ id: `${startedAt}-8`, json }]);
    const turn = await turnOf((await bench.raw.zrange(due, '0', '-1'))[0] ?? '');
    const failure = { outcome: 'retry', delayMs: 60_000, attempt, ofReceiver: 'down' } as const;
    await settle(turn, 0, { ...failure, retryAfterMs: 80_000_000, ofTarget: 'failure' });

    await bench.jobs.amend(tenant, id, { webhook: { url: 'https://new.example/', secret } });
    const dues = await bench.raw.zrange(due, '0', '-1');
    const moved = dues.find((one) => one !== turn.receiverId) ?? '';
    expect((await turnOf(moved)).deliveries).toMatchObject([
      { id: turn.deliveries[0]?.id, to: { kind: 'open', url: 'https://new.example/' } },
    ]);
    await bench.raw.del(due);
  });

  it('that was given while an event was being made is sent that event', async () => {
    const { job } = (await bench.jobs.register(tenant, newJob())) as { job: { id: string } };
    await bench.jobs.amend(tenant, job.id, { webhook: { url, secret } });
    const json = eventJson(1).replaceAll('job-1', job.id);
    expect(await engine().dispatch([{ id: `${startedAt}-7`, json }])).toBe(1);
  });

  it('has its events, the first one too, from the group that comes with it', async () => {
    const { id } = await register();
    const feed = engine().openFeed();
    const entries = (await feed.readNew()) ?? [];
    await engine().dispatch(entries);
    await feed.acknowledge(entries.map((one) => one.id));
    // What the members of other tests were killed with.
    const group = ['{bulkwatch}:events', 'bulkwatch-webhooks'] as const;
    const left = (await bench.raw.xpending(...group, '-', '+', 100)) as [id: string][];
    for (const [entry] of left) await bench.raw.xack(...group, entry);
    // A group that gets lost begins again where all was read up to.
    await feed.readForgotten();
    await bench.raw.xgroup('DESTROY', '{bulkwatch}:events', 'bulkwatch-webhooks');
    expect(await feed.readNew()).toBeUndefined();
    await register();
    expect(await feed.readNew()).toHaveLength(1);
    await feed.close();

    const page = await webhooks().deliveries(tenant, { jobId: id }, { limit: 5 });
    expect(page?.deliveries).toMatchObject([
      { endpointId: null, jobId: id, eventId: `${id}.registered.0`, state: 'pending' },
    ]);
  });
});
