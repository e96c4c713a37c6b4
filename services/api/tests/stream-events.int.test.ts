import {
  type ExportEvent,
  exportEventSchema,
  type Problem,
  resetSchema,
} from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EventStream, openEvents } from './event-stream.js';
import { type Api, newStatusUrl, setupApi, setupWorker } from './harness.js';
import { undocumented } from './open-api-check.js';

type Worker = Awaited<ReturnType<typeof setupWorker>>;

let api: Api;
let worker: Worker;
beforeAll(async () => {
  api = await setupApi({ BULKWATCH_API_HEARTBEAT: '1s' });
  worker = await setupWorker(api.redis);
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

const streams: EventStream[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});

async function open(query = '', headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await openEvents(api.port, query, headers);
  streams.push(stream);
  return stream;
}
/** Open, and past its opening message. */
async function opened(query = '', headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await open(query, headers);
  await eventually(() => expect(stream.text).toContain('retry: '));
  return stream;
}
const cancel = (id: string) => api.delete(`/v1/jobs/${id}`).expect(200);
const registerMany = (count: number) => {
  const lines = Array.from({ length: count }, () => JSON.stringify({ statusUrl: newStatusUrl() }));
  return api.post('/v1/jobs/batch').type('application/x-ndjson').send(lines.join('\n')).expect(200);
};
const wordsOf = (stream: EventStream): string[] =>
  stream.messages.map(({ event }) => event.replace('bulkwatch.export.', ''));

describe('GET /v1/events', () => {
  it('sends events as they come, one message each, with headers that let them through', async () => {
    const stream = await opened();
    const id = await api.register({ labels: { study: 'a' } });
    await worker.reportProgress(id, '40%');
    const messages = await stream.untilCount(2);

    expect(stream.response.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/event-stream/),
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(stream.response.headers).not.toHaveProperty('content-encoding');
    expect(wordsOf(stream)).toEqual(['registered', 'progressed']);
    for (const { event, data, lastEventId } of messages) {
      const told = exportEventSchema.parse(JSON.parse(data));
      expect(told).toMatchObject({ type: event, subject: id });
      expect(lastEventId).toMatch(/^\d{13}-\d+$/);
    }
    expect(
      undocumented({
        method: 'GET',
        target: '/v1/events',
        status: 200,
        headers: stream.response.headers,
        text: stream.text,
      }),
    ).toEqual([]);
  });

  it('sends what a provider wrote on several lines on one', async () => {
    const stream = await opened('?type=completed');
    const id = await api.register();
    await worker.complete(id, Buffer.from('{\r\n  "output": [],\n\n  "error": []\r}'));
    const [message] = await stream.untilCount(1);

    expect((JSON.parse(message?.data ?? '') as ExportEvent).data.manifest).toEqual({
      output: [],
      error: [],
    });
  });

  it('sends events of the types that are named, by word or in full', async () => {
    const stream = await opened('?type=registered&type=bulkwatch.export.cancelled');
    const id = await api.register();
    await worker.reportProgress(id, 'half');
    await cancel(id);
    await stream.untilCount(2);

    expect(wordsOf(stream)).toEqual(['registered', 'cancelled']);
  });

  it('sends events that tell of no job to who names their type, and to nobody else', async () => {
    const [one, whole, all] = [
      await opened('?type=webhook-disabled'),
      await opened('?type=bulkwatch.webhook.disabled&type=registered'),
      await opened(),
    ];
    const event = {
      specversion: '1.0',
      id: 'endpoint-1.webhook-disabled.1',
      source: '/bulkwatch/tenants/default',
      type: 'bulkwatch.webhook.disabled',
      subject: 'endpoint-1',
      data: { webhook: { endpointId: 'endpoint-1' } },
    };
    const redis = new Redis(api.redis.url);
    await redis.xadd('{bulkwatch}:events', '*', 'event', JSON.stringify(event));
    redis.disconnect();
    const id = await api.register();

    await whole.untilCount(2);
    expect(whole.eventIds()).toEqual([event.id, `${id}.registered.0`]);
    await one.untilCount(1);
    await all.untilCount(1);
    expect(all.eventIds()).toEqual([`${id}.registered.0`]);
  });

  it('sends events of jobs that have all of the labels', async () => {
    const stream = await opened('?label=study:a&label=site:x:y');
    await api.register({ labels: { study: 'a' } });
    const id = await api.register({ labels: { study: 'a', site: 'x:y', more: 'z' } });
    await api.register({ labels: { study: 'b', site: 'x:y' } });
    await cancel(id);
    await stream.untilCount(2);

    expect(stream.eventIds().every((eventId) => eventId.startsWith(id))).toBe(true);
  });

  it.each([
    ['?type=nonsense', {}, 'type'],
    ['?type=__proto__', {}, 'type'],
    ['?label=x', {}, 'label'],
    ['?lastEventId=x', {}, 'lastEventId'],
    ['?since=1', {}, 'since'],
    ['', { 'Last-Event-ID': '1-x' }, 'Last-Event-ID'],
    ['', { 'Last-Event-ID': '' }, 'Last-Event-ID'],
    ['?lastEventId=0', { 'Last-Event-ID': '9'.repeat(16) }, 'Last-Event-ID'],
  ])('refuses %s %j, and names what is wrong', async (query, headers, field) => {
    const response = await api.get(`/v1/events${query}`).set(headers).expect(400);
    const { reason, errors } = response.body as Problem;

    expect(reason).toBe('query-invalid');
    expect(errors?.map((error) => error.field)).toEqual([field]);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await api.head('/v1/events').expect(200);

    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
  });
});

describe('after a Last-Event-ID', () => {
  it('sends what came since, in order, and goes on with what comes', async () => {
    const before = await opened();
    await registerMany(450);
    await before.untilCount(450);
    const point = before.messages[99]?.lastEventId ?? '';

    const stream = await open('?lastEventId=0', { 'Last-Event-ID': point });
    await api.register();
    await stream.untilCount(351);
    await before.untilCount(451);

    expect(stream.eventIds()).toEqual(before.eventIds().slice(100));
    expect(stream.messages.map(({ event }) => event)).not.toContain('reset');
  });

  it('sends all that is kept after 0, and no reset while all of it is', async () => {
    const live = await opened();
    const id = await api.register();
    await live.untilCount(1);

    const stream = await open('?lastEventId=0');
    await eventually(() => expect(stream.eventIds()).toContain(`${id}.registered.0`));
    expect(stream.messages.map(({ event }) => event)).not.toContain('reset');
  });

  it('goes on without a gap for one who had no event yet', async () => {
    const stream = await opened();
    const point = stream.lastEventId;
    stream.close();
    const id = await api.register();

    const again = await open('', { 'Last-Event-ID': point });
    await again.untilCount(1);
    expect(again.eventIds()).toEqual([`${id}.registered.0`]);
  });

  it('keeps the point of one whom nothing concerns up to date, by its heartbeat', async () => {
    const stream = await opened('?type=failed');
    const all = await opened();
    await api.register();
    const [message] = await all.untilCount(1);

    await eventually(() => expect(stream.lastEventId).toBe(message?.lastEventId));
    expect(stream.text).toContain('\n\n: heartbeat\n');
    expect(stream.messages).toEqual([]);
  });

  it('loses and repeats nothing while events come fast and streams begin', async () => {
    const first = await opened();
    const point = first.lastEventId;
    const writing = (async () => {
      const made: string[] = [];
      for (let n = 0; n < 150; n += 1) made.push(`${await api.register()}.registered.0`);
      return made;
    })();
    const later: EventStream[] = [];
    for (let n = 0; n < 20; n += 1) later.push(await open('', { 'Last-Event-ID': point }));
    const made = await writing;

    for (const stream of [first, ...later]) {
      await stream.untilCount(150);
      expect(stream.eventIds()).toEqual(made);
    }
  });
});

describe('where events are gone', () => {
  it('says so with reset, and sends all that is kept', async () => {
    const stream = await opened();
    for (let n = 0; n < 5; n += 1) await api.register();
    const messages = await stream.untilCount(5);
    const [first, second, third] = messages.map(({ lastEventId }) => lastEventId);
    await trimTo(third ?? '');

    const again = await open('', { 'Last-Event-ID': first ?? '' });
    await again.untilCount(4);
    expect(again.messages[0]?.event).toBe('reset');
    expect(resetSchema.parse(JSON.parse(again.messages[0]?.data ?? ''))).toEqual({
      oldestId: third,
    });
    expect(again.messages.slice(1)).toEqual(messages.slice(2));

    // What is told of by the id may itself be gone, as long as it cannot be known that nothing else is.
    const unsure = await open('', { 'Last-Event-ID': second ?? '' });
    expect((await unsure.untilCount(4))[0]?.event).toBe('reset');
    const sure = await open('', { 'Last-Event-ID': third ?? '' });
    expect((await sure.untilCount(2))[0]?.lastEventId).toBe(messages[3]?.lastEventId);
  });

  it('says so of an event that the stream does not have yet: it is of another Redis', async () => {
    const stream = await open('', { 'Last-Event-ID': '999999999999999-0' });

    await eventually(() => expect(stream.messages[0]?.event).toBe('reset'));
  });
});

async function trimTo(id: string): Promise<void> {
  const redis = new Redis(api.redis.url);
  await redis.xtrim('{bulkwatch}:events', 'MINID', id);
  redis.disconnect();
}
