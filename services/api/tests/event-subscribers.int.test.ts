import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExportEvent, Problem } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiServer } from '../src/api-server.js';
import { createContext } from '../src/context.js';
import { type EventStream, openEvents } from './event-stream.js';
import { type Api, authenticating, loggerInto, settingsFor, setupApi } from './harness.js';

let api: Api;
let raw: Redis;
const closers: (() => unknown)[] = [];
beforeEach(() => {
  closers.push(() => api.stop());
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function setup(env: Record<string, string> = {}): Promise<void> {
  api = await setupApi({ BULKWATCH_API_HEARTBEAT: '1s', ...env });
  raw = new Redis(api.redis.url);
  raw.on('error', () => undefined);
  closers.push(() => raw.disconnect());
}

async function open(headers: Record<string, string> = {}, query = ''): Promise<EventStream> {
  const stream = await openEvents(api.port, query, headers);
  closers.push(() => stream.close());
  expect(stream.response.statusCode).toBe(200);
  await eventually(() => expect(stream.text).toContain('retry: '));
  return stream;
}
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const metric = async (line: string): Promise<void> =>
  eventually(async () => {
    expect(await api.context.metrics.registry.metrics()).toContain(`\n${line}\n`);
  });

/** A connection that has asked for events and does not read. */
async function paused(target: string): Promise<Socket> {
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => undefined).pause();
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

/** Appends a copy of an event that is `bytes` larger, as a script does. */
async function appendLarge(event: ExportEvent, bytes: number): Promise<void> {
  const json = JSON.stringify({ ...event, padding: 'p'.repeat(bytes) });
  await raw.xadd('{bulkwatch}:events', '*', 'event', json);
  await raw.publish('bulkwatch:events:registered', json);
}

describe('tenants', () => {
  it('are sent their own events and no others, the default one included', async () => {
    await setup(authenticating);
    const tenants = ['default', 'acme', 'globex'];
    const keys = await Promise.all(
      tenants.map((tenant) => api.keyOf(tenant, 'events:read', 'jobs:write')),
    );
    const live = await Promise.all(keys.map((key) => open(bearer(key))));
    for (const key of [...keys, ...keys])
      await api
        .as(key, 'post', '/v1/jobs')
        .send({ statusUrl: `https://ehr.example.org/${Math.random()}` })
        .expect(201);
    const replayed = await Promise.all(keys.map((key) => open(bearer(key), '?lastEventId=0')));

    for (const [index, tenant] of [...tenants, ...tenants].entries()) {
      const messages = await [...live, ...replayed][index]?.untilCount(2);
      const sources = messages?.map(({ data }) => (JSON.parse(data) as ExportEvent).source);
      expect(sources).toEqual(Array(2).fill(`/bulkwatch/tenants/${tenant}`));
    }
    // Of others there is only that time went on, which ids of Redis tell.
    await eventually(() => expect(live[0]?.text).toContain(': heartbeat'));
    expect(live[0]?.text).not.toContain('globex');
  });

  it('are named by the key alone', async () => {
    await setup(authenticating);
    const key = await api.keyOf('acme', 'events:read');

    await api.as(key, 'get', '/v1/events?tenant=globex').expect(400);
  });

  it('lose their stream once the key with which it was opened is over', async () => {
    await setup(authenticating);
    const { text } = await api.context.store.apiKeys.create({
      tenant: 'acme',
      name: 'short',
      scopes: ['events:read'],
      expiresAt: Date.now() + 2_500,
    });
    const lasting = await open(bearer(await api.keyOf('acme', 'events:read')));
    const stream = await open(bearer(text.reveal()));
    await eventually(() => expect(stream.text).toContain(': heartbeat'));

    await eventually(() => expect(stream.isOver).toBe(true));
    expect(lasting.isOver).toBe(false);
    await metric('bulkwatch_api_subscribers_ended_total{cause="refused"} 1');
  });
});

describe('while Redis is away', () => {
  it('streams are held, and lose and repeat nothing', async () => {
    await setup();
    const streams = await Promise.all([open(), open(), open({}, '?type=registered')]);
    const made = [await api.register(), await api.register()];
    await streams[0]?.untilCount(2);
    const point = streams[0]?.lastEventId ?? '';

    await api.redis.kill();
    const response = await api.get('/v1/events').expect(503);
    expect((response.body as Problem).reason).toBe('store-unavailable');
    await api.redis.restart();
    const again = await eventually(() => open({ 'Last-Event-ID': point }));
    await eventually(async () => made.push(await api.register()));
    for (let n = 0; n < 20; n += 1) made.push(await api.register());

    const eventIds = made.map((id) => `${id}.registered.0`);
    for (const stream of streams) await stream.untilCount(eventIds.length, 10_000);
    for (const stream of streams) expect(stream.eventIds()).toEqual(eventIds);
    await again.untilCount(eventIds.length - 2);
    expect(again.eventIds()).toEqual(eventIds.slice(2));
  });

  it('a stream ends that cannot go on without a gap, and the next one begins with reset', async () => {
    await setup();
    const stream = await open();
    await api.register();
    await stream.untilCount(1);
    // A Redis that has lost all of it.
    await raw.del('{bulkwatch}:events');

    await eventually(() => expect(stream.isOver).toBe(true));
    await metric('bulkwatch_api_subscribers_ended_total{cause="missed"} 1');
    const again = await open({ 'Last-Event-ID': stream.lastEventId });
    expect((await again.untilCount(1))[0]).toMatchObject({
      event: 'reset',
      data: '{"oldestId":null}',
    });
    const id = await api.register();
    await again.untilCount(2);
    expect(again.eventIds()).toEqual([`${id}.registered.0`]);
  });
});

describe('subscribers', () => {
  it('that do not read are dropped and counted, and nobody else waits for them', async () => {
    await setup({ BULKWATCH_API_SUBSCRIBER_BUFFER: '16kb' });
    const reader = await open();
    await paused('/v1/events');
    await metric('bulkwatch_api_subscribers 2');
    await api.register();
    const [message] = await reader.untilCount(1);
    const event = JSON.parse(message?.data ?? '') as ExportEvent;

    let sent = 1;
    await eventually(
      async () => {
        await appendLarge(event, 200_000);
        sent += 1;
        await reader.untilCount(sent);
        expect(await api.context.metrics.registry.metrics()).toContain(
          'bulkwatch_api_subscribers_ended_total{cause="slow"} 1',
        );
      },
      { timeoutMs: 20_000, everyMs: 1 },
    );
    await metric('bulkwatch_api_subscribers 1');
    expect(reader.isOver).toBe(false);
  });

  it('that read slowly from the past get it at their own pace', async () => {
    await setup({ BULKWATCH_API_SUBSCRIBER_BUFFER: '16kb' });
    const live = await open();
    await api.register();
    const [message] = await live.untilCount(1);
    live.close();
    for (let n = 0; n < 100; n += 1)
      await appendLarge(JSON.parse(message?.data ?? '') as ExportEvent, 200_000);

    const socket = await paused('/v1/events?lastEventId=0');
    await metric('bulkwatch_api_subscribers 1');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.resume();
    await eventually(() => expect(text.match(/^id: .*\nevent: /gm)).toHaveLength(101), {
      everyMs: 200,
    });
    await metric('bulkwatch_api_subscribers_ended_total{cause="slow"} 0');
  });

  it('are refused where there are too many, until one has gone', async () => {
    await setup({ BULKWATCH_API_SUBSCRIBERS_MAX: '2' });
    const first = await open();
    await open();
    const refused = await api.get('/v1/events').expect(503);
    expect((refused.body as Problem).reason).toBe('too-many-subscribers');
    expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/);

    first.close();
    await eventually(() => open());
    await metric('bulkwatch_api_subscribers_refused_total 1');
  });

  it('leave nothing behind, and one line in the log each', async () => {
    await setup();
    const reads = vi.spyOn(api.context.store.events, 'readAfter');
    const streams = await Promise.all(Array.from({ length: 40 }, () => open()));
    await api.register();
    await Promise.all(streams.map((stream) => stream.untilCount(1)));
    // However many there are, what is new is read once.
    expect(reads.mock.calls.length).toBeLessThan(10);
    for (const stream of streams) stream.close();

    await metric('bulkwatch_api_subscribers 0');
    await metric('bulkwatch_api_subscribers_ended_total{cause="hung-up"} 40');
    reads.mockClear();
    await api.register();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(reads).not.toHaveBeenCalled();
    const lines = api.log.filter((line) => line.includes('"route":"/v1/events"'));
    expect(lines).toHaveLength(40);
    // How long they stayed is no duration of a request.
    await metric(
      'bulkwatch_http_request_duration_seconds_count{route="/v1/events",method="GET"} 0',
    );
  });
});

describe('stopping', () => {
  it('ends every stream at once, that of a slow reader too', async () => {
    await setup();
    const context = await createContext(settingsFor(api.redis.url), loggerInto([]));
    const server = createApiServer(context);
    const { port } = await server.start();
    const streams = await Promise.all(Array.from({ length: 20 }, () => openEvents(port)));
    const stuck = await openEvents(port);
    stuck.response.pause();
    await api.register();
    const [message] = (await streams[0]?.untilCount(1)) ?? [];
    for (let n = 0; n < 20; n += 1)
      await appendLarge(JSON.parse(message?.data ?? '') as ExportEvent, 500_000);
    await Promise.all(streams.map((stream) => stream.untilCount(21, 10_000)));

    const startedAtMs = performance.now();
    await server.stop();
    expect(performance.now() - startedAtMs).toBeLessThan(1_500);
    await eventually(() => expect(streams.every((stream) => stream.isOver)).toBe(true));
    expect(streams.every(({ response }) => response.complete)).toBe(true);
    stuck.close();
  });
});
