import { eventually, type Redis, startRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupWorker } from '../../../services/api/tests/harness.js';
import {
  createClient,
  type ExportEvent,
  type SseSubscribeOptions,
  subscribeOverSse,
} from '../src/index.js';
import { apiProcess, provider } from './api-process.js';
import { eventOf } from './event-log.js';
import { problem, type Reply, scriptedServer } from './scripted-server.js';

/** A position that is kept in memory. */
function memory(saved?: string) {
  const kept = { saved, history: [] as string[] };
  return Object.assign(kept, {
    load: async () => kept.saved,
    save: async (id: string) => {
      kept.saved = id;
      kept.history.push(id);
    },
  });
}

const event = (id: string, text = eventOf(`event-${id}`)): string =>
  `id: ${id}\nevent: bulkwatch.export.completed\ndata: ${text}\n\n`;

/** Sends this and ends, or stays open. */
const messages =
  (text: string, { stays = false } = {}): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
    if (!stays) response.end();
  };
const quiet = messages('', { stays: true });

/** Subscribes at a scripted server. */
async function follow(replies: Reply[], options: Partial<SseSubscribeOptions> = {}) {
  const server = await scriptedServer(...replies);
  const controller = new AbortController();
  const handled: string[] = [];
  const position = memory();
  const done = subscribeOverSse(createClient(server), {
    position,
    redeliverMs: 1,
    onEvent: ({ id }: ExportEvent) => void handled.push(id),
    ...options,
    signal: controller.signal,
  });
  done.catch(() => undefined);
  return {
    handled,
    position,
    done,
    received: server.received,
    stop: () => {
      controller.abort();
      return done;
    },
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await done.catch(() => undefined);
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('a subscriber over HTTP', () => {
  it('saves where it is after the handler, and goes on from there', async () => {
    const text = `retry: 2000\nid: 1-0\n\n${event('2-0')}: heartbeat\nid: 3-0\n\n`;
    await using all = await follow([messages(text), messages(event('4-0')), quiet], {
      types: ['completed'],
      labels: { study: 'cardio-7' },
    });

    await eventually(() => expect(all.handled).toEqual(['event-2-0', 'event-4-0']));
    await eventually(() => expect(all.received).toHaveLength(3));
    expect(all.position.history).toEqual(['1-0', '2-0', '3-0', '4-0']);
    expect(all.received.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '3-0',
      '4-0',
    ]);
    expect(all.received[0]?.target).toBe('/v1/events?label=study%3Acardio-7&type=completed');
  });

  it('begins where it was, or at the start', async () => {
    await using known = await follow([quiet], { position: memory('7-0'), from: 'start' });
    await using fresh = await follow([quiet], { from: 'start' });

    await eventually(() => expect(known.received[0]?.headers['last-event-id']).toBe('7-0'));
    await eventually(() => expect(fresh.received[0]?.headers['last-event-id']).toBe('0'));
  });

  it('is told of a reset, and goes on', async () => {
    const resets: unknown[] = [];
    const reset = `event: reset\ndata: {"oldestId":"5-0"}\n\n${event('5-0')}`;
    await using all = await follow([messages(reset, { stays: true })], {
      onReset: (told) => void resets.push(told),
    });

    await eventually(() => expect(all.handled).toEqual(['event-5-0']));
    expect(resets).toEqual([{ oldestId: '5-0' }]);
  });

  it('gives an event again, and then puts it aside', async () => {
    const letters: unknown[] = [];
    const counts: number[] = [];
    const text = event('1-0') + event('2-0', '{"half":') + event('3-0');
    await using all = await follow([messages(text, { stays: true })], {
      deliveriesMax: 2,
      onEvent: (_event, { entryId, deliveryCount }) => {
        counts.push(deliveryCount);
        if (entryId === '1-0') throw new Error('cannot load it');
      },
      onDeadLetter: (json, error) => void letters.push([json, String(error)]),
    });

    await eventually(() => expect(counts).toEqual([1, 2, 1]));
    expect(letters).toEqual([
      [eventOf('event-1-0'), 'Error: cannot load it'],
      ['{"half":', 'TypeError: The message is no event.'],
    ]);
    await eventually(() => expect(all.position.saved).toBe('3-0'));
  });

  it('ends with what the handler rejects with where nobody takes dead letters', async () => {
    const why = new Error('cannot load it');
    await using all = await follow([messages(event('1-0'))], {
      deliveriesMax: 2,
      onEvent: () => Promise.reject(why),
    });

    await expect(all.done).rejects.toBe(why);
    expect(all.position.saved).toBeUndefined();
  });

  it('waits where the api is busy, and ends where it refuses', async () => {
    await using all = await follow([
      problem(503, 'too-many-subscribers', { 'retry-after': '1' }),
      problem(403, 'scope-missing'),
    ]);

    await expect(all.done).rejects.toMatchObject({ reason: 'scope-missing' });
    const [first, second] = all.received;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('connects again where nothing comes, and takes its time for what has come', async () => {
    const text = event('1-0') + event('2-0');
    await using all = await follow([messages(text, { stays: true }), quiet], {
      silenceMs: 200,
      onEvent: ({ id }) => {
        all.handled.push(id);
        return new Promise((resolve) => setTimeout(resolve, 300));
      },
    });

    await eventually(() => expect(all.received).toHaveLength(2));
    expect(all.handled).toEqual(['event-1-0', 'event-2-0']);
    expect(all.received[1]?.headers['last-event-id']).toBe('2-0');
  });

  it('finishes what it handles when it is stopped', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const begun: string[] = [];
    await using all = await follow([messages(event('1-0') + event('2-0'), { stays: true })], {
      onEvent: ({ id }) => {
        begun.push(id);
        return opened;
      },
    });
    await eventually(() => expect(begun).toHaveLength(1));

    setTimeout(open, 50);
    await all.stop();

    expect(begun).toEqual(['event-1-0']);
    expect(all.position.saved).toBe('1-0');
  });

  it('waits no longer than it was told to', async () => {
    await using all = await follow([messages(event('1-0'), { stays: true })], {
      stopWithinMs: 50,
      onEvent: () => new Promise(() => undefined),
    });
    await eventually(() => expect(all.received).toHaveLength(1));

    await all.stop();

    expect(all.position.saved).toBeUndefined();
  });
});

describe('with an api on this machine', () => {
  let redis: Redis;
  let api: Awaited<ReturnType<typeof apiProcess>>;
  let worker: Awaited<ReturnType<typeof setupWorker>>;
  beforeAll(async () => {
    redis = await startRedis();
    [api, worker] = await Promise.all([apiProcess(redis), setupWorker(redis)]);
  });
  afterAll(async () => {
    await api.stop();
    await worker.close();
    await redis.stop();
  });

  it('misses nothing while the api and Redis are killed', async () => {
    const client = createClient(api);
    const controller = new AbortController();
    const handled: string[] = [];
    const done = subscribeOverSse(client, {
      from: 'start',
      types: ['registered', 'completed'],
      position: memory(),
      signal: controller.signal,
      onEvent: ({ type, subject }) => void handled.push(`${subject} ${type.split('.').at(-1)}`),
    });
    const register = async (number: number): Promise<string> =>
      (await client.registerJob({ statusUrl: `${provider}/bulk-export/jobs/${number}` })).job.id;

    const first = await register(1);
    await eventually(() => expect(handled).toEqual([`${first} registered`]));
    await api.kill();
    await worker.complete(first, Buffer.from('{"output":[]}'));
    await api.start();
    await redis.restart();
    const second = await register(2);

    const all = [`${first} registered`, `${first} completed`, `${second} registered`];
    await eventually(() => expect(handled).toEqual(all), { timeoutMs: 20_000 });
    controller.abort();
    await done;
  });
});
