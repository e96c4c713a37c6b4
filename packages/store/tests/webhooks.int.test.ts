import { describe, expect, it } from 'vitest';
import type { Settlement } from '../src/index.js';
import { newJob, sealKeys } from './store-bench.js';
import {
  actAs,
  attempt,
  bench,
  canary,
  engine,
  entry,
  eventJson,
  log,
  newEndpoint,
  nextSerial,
  settle,
  tenant,
  turnOf,
  url,
  webhooks,
} from './webhook-bench.js';

describe('an endpoint', () => {
  it('is made, shown masked, changed and deleted, by its tenant alone', async () => {
    const { id, secret, ...rest } = await newEndpoint({ url, labels: { a: 'b' } });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toMatchObject({
      url: 'https://hooks.example/path?…',
      types: null,
      labels: { a: 'b' },
      description: null,
      state: 'enabled',
    });
    expect(await webhooks().endpoints('somebody')).toEqual([]);
    expect(await webhooks().endpoint('somebody', id)).toBeUndefined();
    expect(await webhooks().amendEndpoint('somebody', id, { enabled: false })).toBeUndefined();
    expect(await webhooks().rotateSecret('somebody', id, 1)).toBeUndefined();
    expect(await webhooks().test('somebody', id)).toBeUndefined();
    expect(
      await webhooks().deliveries('somebody', { endpointId: id }, { limit: 1 }),
    ).toBeUndefined();
    expect(await webhooks().removeEndpoint('somebody', id)).toBe(false);

    const types = ['bulkwatch.export.completed'] as const;
    await webhooks().amendEndpoint(tenant, id, { types, description: 'loader' });
    expect(await webhooks().endpoint(tenant, id)).toMatchObject({ types, description: 'loader' });
    const cleared = { types: null, description: null, url: 'https://other.example/' };
    expect(await webhooks().amendEndpoint(tenant, id, cleared)).toMatchObject(cleared);
    expect(await webhooks().removeEndpoint(tenant, id)).toBe(true);
    expect(await webhooks().endpoints(tenant)).toEqual([]);
    expect(await bench.raw.keys(`*${id}*`)).toEqual([]);
  });

  it('is one of so many, and leaves no secret in Redis', async () => {
    const made = [await newEndpoint(), await newEndpoint(), await newEndpoint()];
    expect(await webhooks().createEndpoint(tenant, { url })).toEqual({ kind: 'too-many' });
    const listed = await webhooks().endpoints(tenant);
    expect(listed.map(({ id }) => id)).toEqual(made.map(({ id }) => id).toReversed());
    for (const { id, secret } of made) {
      const stored = JSON.stringify(await bench.raw.hgetall(`{bulkwatch}:webhook-endpoint:${id}`));
      expect(stored).not.toContain(canary);
      expect(stored).not.toContain(secret.slice(6));
    }
  });

  it('signs by both secrets for the time of the overlap, and then by the new one', async () => {
    const { id, secret } = await newEndpoint();
    const secretsNow = async () => {
      await engine().dispatch([entry(nextSerial())]);
      const turn = await turnOf(id, 1);
      const to = turn.deliveries[0]?.to;
      await settle(turn, 0, { outcome: 'delivered' });
      return to?.kind === 'open' ? to.secrets : [];
    };
    const rotated = await webhooks().rotateSecret(tenant, id, 3_600_000);
    expect(rotated?.endpoint.previousSecretUntil).not.toBeNull();
    expect(await secretsNow()).toEqual([rotated?.secret, secret]);

    await bench.raw.hset(`{bulkwatch}:webhook-endpoint:${id}`, 'previousSecretUntil', 1);
    expect(await secretsNow()).toEqual([rotated?.secret]);
    const last = await webhooks().rotateSecret(tenant, id, 0);
    expect(await secretsNow()).toEqual([last?.secret]);
  });

  it('is sealed anew with all it has, so that the old key can go', async () => {
    const { id } = await newEndpoint();
    const rotated = await webhooks().rotateSecret(tenant, id, 3_600_000);
    await bench.writeSealKeys(sealKeys.k2, sealKeys.k1);
    const store = await bench.open();
    await store.resealAll();
    await store.close();
    await bench.writeSealKeys(sealKeys.k2);
    const later = await bench.open();
    await later.webhookEngine.dispatch([entry(1)]);
    const turn = await later.webhookEngine.claimTurn(id, { most: 1, leaseMs: 1_000 });
    await later.close();
    await bench.writeSealKeys(sealKeys.k1, sealKeys.k2);

    expect(turn?.deliveries[0]?.to).toMatchObject({ kind: 'open', url });
    expect(JSON.stringify(turn?.deliveries[0]?.to)).toContain(rotated?.secret);
  });
});

describe('dispatching', () => {
  it('records each event once for each endpoint, however often it is read', async () => {
    const { id } = await newEndpoint();
    const entries = [entry(1), entry(2)];
    expect(await engine().dispatch(entries)).toBe(2);
    expect(await engine().dispatch(entries)).toBe(0);
    expect(await log(id)).toMatchObject([
      { eventId: 'job-2.registered.0', state: 'pending', jobId: 'job-2', attempts: [] },
      { eventId: 'job-1.registered.0', state: 'pending', attemptCount: 0 },
    ]);
  });

  it('sees an endpoint that was made since', async () => {
    await engine().dispatch([entry(1)]);
    const { id } = await newEndpoint();
    expect(await engine().dispatch([entry(2)])).toBe(1);
    await webhooks().removeEndpoint(tenant, id);
    expect(await engine().dispatch([entry(3)])).toBe(0);
  });

  it('sees one that was made after Redis had lost another', async () => {
    const house = '{bulkwatch}:webhooks';
    const version = (await bench.raw.hget(house, 'version')) ?? '';
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1)]);
    await bench.raw.del(`{bulkwatch}:webhook-endpoint:${id}`);
    await bench.raw.hset(house, 'version', version);
    await newEndpoint();
    expect(await engine().dispatch([entry(2)])).toBe(1);
  });

  it('passes over what is no event, and goes on', async () => {
    await newEndpoint();
    const none = [
      { id: '1-1', json: undefined },
      { id: '1-2', json: 'x' },
      { id: '1-3', json: eventJson(1).replace('job-1.reg', 'line\\nbreak') },
    ];
    expect(await engine().dispatch([...none, entry(2)])).toBe(1);
    expect(bench.problems.splice(0)).toEqual(Array(3).fill('event stream'));
  });

  it('goes on for others where the records of one tenant, or one delivery, are damaged', async () => {
    const { id } = await newEndpoint();
    const [damaged, sound] = [entry(1), entry(2)];
    const foreign = { id: '7-1', json: eventJson(3).replace(tenant, 'damaged-tenant') };
    await bench.raw.set('{bulkwatch}:webhook-endpoints:damaged-tenant', 'x');
    expect(await engine().dispatch([foreign, damaged, sound])).toBe(2);
    expect(bench.problems.splice(0)).toEqual(['event for webhooks']);

    const [, first] = await log(id);
    await bench.raw.del(`{bulkwatch}:webhook-delivery:${first?.id}`);
    await bench.raw.set(`{bulkwatch}:webhook-delivery:${first?.id}`, 'x');
    const turn = await turnOf(id);
    expect(turn.deliveries.map(({ to }) => to.kind)).toEqual(['gone', 'open']);
    expect(bench.problems.splice(0)).toEqual(['delivery to a webhook']);
    await settle(turn, 0, { outcome: 'gone' });
    expect(await settle(turn, 1, { outcome: 'delivered' })).not.toHaveProperty('nextMs');
  });

  it('leaves the manifest of a large event out, and says where it is', async () => {
    const { id } = await newEndpoint();
    const data = { job: { labels: {} }, manifest: { output: ['x'.repeat(600)] } };
    await engine().dispatch([{ id: '5-1', json: eventJson(9, data) }]);
    const body = (await turnOf(id)).deliveries[0]?.body ?? '';
    expect(JSON.parse(body)).toMatchObject({
      id: 'job-9.registered.0',
      dataref: '/v1/jobs/job-9/manifest',
      data: { job: { labels: {} } },
    });
    expect(body).not.toContain('manifest":{');
  });
});

describe('a turn', () => {
  it('is one receiver’s at a time, and its end says what is due', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1), entry(2), entry(3)]);
    const turn = await turnOf(id, 2);
    expect(turn.deliveries).toHaveLength(2);
    expect(await engine().claimTurn(id, { most: 2, leaseMs: 1 })).toBeUndefined();

    const delivered = { outcome: 'delivered', attempt: { ...attempt, reason: null } } as const;
    expect(await settle(turn, 0, delivered)).toEqual({ kind: 'settled', disabled: false });
    expect(await settle(turn, 0, delivered)).toEqual({ kind: 'settled', disabled: false });
    expect(await settle(turn, 1, delivered)).toMatchObject({ nextMs: 0 });
    expect(await settle(turn, 1, delivered)).toMatchObject({ nextMs: 0 });
    expect(
      (await log(id)).map(({ attemptCount }) => attemptCount).toSorted((a, b) => a - b),
    ).toEqual([0, 1, 1]);

    const next = await turnOf(id, 2);
    expect(await settle(turn, 0, { outcome: 'failed' })).toEqual({ kind: 'stale' });
    expect(await settle(next, 0, { outcome: 'unsent' })).toMatchObject({ nextMs: 0 });
    expect(await settle(await turnOf(id), 0, { outcome: 'gone' })).not.toHaveProperty('nextMs');
    expect(await bench.raw.zscore('{bulkwatch}:webhooks-due', id)).toBeNull();
  });

  it('goes to another once its lease has run out, who is given the same', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1)]);
    const dead = await engine().claimTurn(id, { most: 5, leaseMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await turnOf(id);
    expect(next.deliveries.map((one) => one.id)).toEqual(dead?.deliveries.map((one) => one.id));
    expect(next.epoch).toBeGreaterThan(dead?.epoch ?? 0);
  });

  it('is for one delivery while the receiver fails, and not before its time', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1), entry(2), entry(3)]);
    const turn = await turnOf(id, 1);
    const failure = { outcome: 'retry', delayMs: 0, attempt, ofReceiver: 'down' } as const;
    const result = await settle(turn, 0, { ...failure, ofTarget: 'failure' });
    expect(result).toMatchObject({ kind: 'settled' });
    expect(result.kind === 'settled' && result.nextMs).toBeGreaterThan(59_000);
    expect(await engine().claimTurn(id, { most: 3, leaseMs: 1 })).toBeUndefined();
    expect(await webhooks().endpoint(tenant, id)).toMatchObject({ lastReason: 'http-500' });

    await bench.raw.hset(`{bulkwatch}:webhook-receiver:${id}`, 'probeAt', 1);
    expect((await turnOf(id, 3)).deliveries).toHaveLength(1);
  });

  it('of a receiver that moves is worth nothing, nor is what the old one asked for', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1), entry(2), entry(3)]);
    const failure = { outcome: 'retry', delayMs: 60_000, attempt, ofReceiver: 'down' } as const;
    const turn = await turnOf(id, 2);
    await settle(turn, 0, { ...failure, retryAfterMs: 80_000_000, ofTarget: 'failure' });
    const moved = await webhooks().amendEndpoint(tenant, id, { url: 'https://new.example/' });
    expect(moved).toMatchObject({ state: 'enabled', failingSince: null, lastReason: null });

    const gone = { ...failure, ofTarget: 'failure', disables: 'gone' } as const;
    expect(await settle(turn, 1, gone)).toEqual({ kind: 'stale' });
    expect(await engine().ringDue()).toBeGreaterThan(0);
    const next = await turnOf(id);
    expect(next.deliveries).toHaveLength(2);
    expect(next.deliveries[0]?.to).toMatchObject({ url: 'https://new.example/' });
    await webhooks().removeEndpoint(tenant, id);
  });

  it('whose delivery fails for the last time leaves nothing that no success could end', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1), entry(2)]);
    const turn = await turnOf(id, 2);
    const { failingCount } = await webhooks().figures();
    await settle(turn, 0, { outcome: 'retry', delayMs: 1, attempt, ofTarget: 'failure' });
    expect(await webhooks().figures()).toMatchObject({ failingCount: failingCount + 1 });
    await settle(turn, 1, { outcome: 'failed', attempt, ofTarget: 'failure' });
    expect(await webhooks().figures()).toMatchObject({ failingCount });
    await webhooks().removeEndpoint(tenant, id);
  });

  it('disables once, where nobody has enabled the webhook meanwhile', async () => {
    const { id } = await newEndpoint();
    const key = `{bulkwatch}:webhook-endpoint:${id}`;
    await bench.raw.hset(key, 'webhookFailingSince', 1_000, 'webhookFailures', 9);
    await engine().dispatch([entry(1), entry(2), entry(3)]);
    const turn = await turnOf(id, 3);
    const last: Settlement = {
      outcome: 'retry',
      delayMs: 1,
      attempt,
      ofTarget: 'failure',
      disables: 'failing',
    };
    await webhooks().amendEndpoint(tenant, id, { enabled: true });
    expect(await settle(turn, 0, last)).toMatchObject({ disabled: false });

    await bench.raw.hset(key, 'webhookFailingSince', 1_000);
    expect(await settle(turn, 1, last)).toMatchObject({ disabled: true });
    expect(await settle(turn, 1, last)).toMatchObject({ disabled: false });
    expect(await settle(turn, 2, last)).toMatchObject({ disabled: false });
    const entries = await bench.raw.xrange('{bulkwatch}:events', '-', '+');
    const told = entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as { subject: string });
    expect(told.filter(({ subject }) => subject === id)).toHaveLength(1);
    expect((await log(id)).map(({ state }) => state)).toEqual(['held', 'held', 'held']);
  });
});

describe('replaying the stream', () => {
  it('begins at the point that is named, also where nothing has happened since', async () => {
    const { id } = await newEndpoint();
    const register = () => bench.jobs.register(tenant, newJob());
    await register();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const between = new Date().toISOString();
    const count = async (since: string) => {
      const result = await webhooks().replay(tenant, id, { since });
      return result.kind === 'replayed' ? result.count : Number.NaN;
    };
    expect(await count(between)).toBe(0);
    await register();
    expect(await count(between)).toBe(1);
    expect(await count('0-0')).toBe(2);
    expect(await count(new Date(0).toISOString())).toBe(2);
    expect(await count(new Date(Date.now() + 3_600_000).toISOString())).toBe(0);
    const [newest] = await bench.raw.xrevrange(
      `{bulkwatch}:events:${tenant}`,
      '+',
      '-',
      'COUNT',
      1,
    );
    expect(await count(newest?.[0] ?? '')).toBe(0);
  });
});

describe('the log', () => {
  it('is read page by page, the newest first, and by state', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([1, 2, 3, 4, 5].map(entry));
    await settle(await turnOf(id, 2), 0, { outcome: 'failed', attempt });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await webhooks().deliveries(
        tenant,
        { endpointId: id },
        { limit: 2, ...(cursor ? { cursor } : {}) },
      );
      seen.push(...(page?.deliveries ?? []).map(({ eventId }) => eventId));
      cursor = page?.nextCursor;
    } while (cursor);
    expect(seen).toEqual([5, 4, 3, 2, 1].map((n) => `job-${n}.registered.0`));
    const failed = await webhooks().deliveries(
      tenant,
      { endpointId: id },
      { limit: 9, state: 'failed' },
    );
    expect(failed?.deliveries.map(({ eventId }) => eventId)).toEqual(['job-1.registered.0']);
  });

  it('forgets the oldest where it is too long, but nothing that is still to be sent', async () => {
    const { id } = await newEndpoint();
    const other = await newEndpoint({ url, types: ['bulkwatch.export.registered'] });
    const some = (from: number, to: number) =>
      engine().dispatch(Array.from({ length: to - from }, (_, n) => entry(from + n)));
    await some(1, 101);
    const turn = await turnOf(id, 2);
    for (const at of [0, 1]) await settle(turn, at, { outcome: 'delivered', attempt });
    await some(101, 201);
    await some(201, 203);

    const lengthOf = (endpointId: string) =>
      bench.raw.zcard(`{bulkwatch}:webhook-log:${endpointId}`);
    expect([await lengthOf(id), await lengthOf(other.id)]).toEqual([200, 202]);
    expect(await bench.raw.keys(`*webhook-*:${turn.deliveries[0]?.id ?? ''}`)).toEqual([]);
    // The other endpoint is still to be sent the same event.
    expect((await turnOf(other.id, 1)).deliveries[0]).toMatchObject({
      eventId: 'job-1.registered.0',
      to: { kind: 'open' },
    });
    await some(203, 204);
    expect(await lengthOf(id)).toBe(201);
  });

  it('forgets by itself what is older than it is kept', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([{ id: '1-0', json: eventJson(1) }]);
    await engine().dispatch([entry(2)]);
    expect((await log(id)).map(({ eventId }) => eventId)).toEqual(['job-2.registered.0']);
    for (const key of await bench.raw.keys('{bulkwatch}:webhook-{delivery,body,log}*'))
      expect(await bench.raw.pttl(key), key).toBeGreaterThan(0);
  });
});

describe('a replay of a state', () => {
  it('looks at so many deliveries in one call, and says where to go on', async () => {
    const { id } = await newEndpoint();
    await engine().dispatch([entry(1)]);
    await settle(await turnOf(id), 0, { outcome: 'failed', attempt });
    const later = Array.from({ length: 10_000 }, (_, n) => ['0', `f${n}`]).flat();
    await bench.raw.zadd(`{bulkwatch}:webhook-log:${id}`, ...later);

    const first = await webhooks().replay(tenant, id, { state: 'failed' });
    expect(first).toEqual({ kind: 'replayed', count: 0, more: 'f0' });
    const second = await webhooks().replay(tenant, id, { state: 'failed', cursor: 'f0' });
    expect(second).toEqual({ kind: 'replayed', count: 1 });
  });
});

describe('a replay of the stream', () => {
  it('reads so much of it in one call, where nothing is wanted of it', async () => {
    actAs('default');
    const { id } = await newEndpoint({ url, labels: { nobody: 'has' } });
    const pipeline = bench.raw.pipeline();
    for (let n = 0; n < 10_001; n += 1)
      pipeline.xadd('{bulkwatch}:events', '*', 'event', eventJson(n));
    await pipeline.exec();
    const none = { kind: 'replayed', count: 0 };
    const first = await webhooks().replay(tenant, id, { since: '0-0' });
    expect(first).toEqual({ ...none, more: expect.any(String) });
    const { more: since } = first as { more: string };
    expect(await webhooks().replay(tenant, id, { since })).toEqual(none);
    await webhooks().removeEndpoint(tenant, id);
    await bench.raw.xtrim('{bulkwatch}:events', 'MAXLEN', 0);
  });
});
