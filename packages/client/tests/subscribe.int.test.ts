import type { ExportEvent } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { oncePerEvent } from '../src/index.js';
import { redisEventStore, subscribe } from '../src/redis.js';
import { eventLog, eventOf, names, stream, webhookEventOf } from './event-log.js';

/** A promise, and what resolves it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Takes entries as a member that dies before it has acknowledged them. */
const takeAndDie = (log: Awaited<ReturnType<typeof eventLog>>, member: string, count: number) =>
  log.redis.xreadgroup('GROUP', log.group, member, 'COUNT', count, 'STREAMS', stream, '>');

describe('a subscriber', () => {
  it('gets all that is kept, in order, and then what comes', async () => {
    await using log = await eventLog();
    await log.tell(...names(20));

    const { handled } = log.start();
    await eventually(() => expect(handled).toEqual(names(20)));
    await log.tell('later');

    await eventually(() => expect(handled).toEqual([...names(20), 'later']));
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
  });

  it('begins with what comes, or after an entry, and goes on where its group is', async () => {
    await using log = await eventLog();
    await log.tell('old-1', 'old-2');
    const [[firstId] = ['']] = await log.redis.xrange(stream, '-', '+', 'COUNT', 1);

    const fromNew = log.start({ group: 'new', from: 'new' });
    const after = log.start({ group: 'after', from: firstId });
    await eventually(async () => {
      expect(await log.redis.xinfo('GROUPS', stream)).toHaveLength(2);
      expect(after.handled).toEqual(['old-2']);
    });
    await fromNew.stop();
    await log.tell('while-away');
    const again = log.start({ group: 'new', from: 'new' });

    await eventually(() => expect(again.handled).toEqual(['while-away']));
  });

  it('passes over types that it did not ask for or does not know', async () => {
    await using log = await eventLog();
    const { handled } = log.start({ types: ['completed', 'bulkwatch.export.failed'] });
    const all = log.start({ group: 'all' });
    for (const word of ['completed', 'registered', 'invented', 'failed'])
      await log.redis.xadd(stream, '*', 'event', eventOf(word, `bulkwatch.export.${word}`));

    await eventually(() => expect(handled).toEqual(['completed', 'failed']));
    await eventually(() => expect(all.handled).toEqual(['completed', 'registered', 'failed']));
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
  });

  it('gets events that tell of no job where it names them, and only there', async () => {
    await using log = await eventLog();
    const { handled } = log.start();
    const told: string[] = [];
    const controller = new AbortController();
    const both = subscribe({
      redis: log.redis,
      group: 'both',
      from: 'start',
      types: ['webhook-disabled', 'completed'],
      signal: controller.signal,
      onEvent: ({ data }) => told.push('webhook' in data ? data.webhook.url : data.job.id),
    });
    await log.redis.xadd(stream, '*', 'event', webhookEventOf('disabled'));
    await log.tell('completed');

    await eventually(() => expect(told).toEqual(['https://hooks.example.org/?…', 'job-1']));
    await eventually(() => expect(handled).toEqual(['completed']));
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
    controller.abort();
    await both;
  });

  it('is given what it had before a crash first, and at once', async () => {
    await using log = await eventLog();
    await log.redis.xgroup('CREATE', stream, log.group, '0', 'MKSTREAM');
    await log.tell(...names(5));
    await takeAndDie(log, 'pod-1', 3);

    const { handled } = log.start({ member: 'pod-1', takeOverMs: 60_000 });

    await eventually(() => expect(handled).toEqual(names(5)));
  });

  it('takes over what a dead one has left, and nothing of a living one', async () => {
    await using log = await eventLog();
    await log.redis.xgroup('CREATE', stream, log.group, '0', 'MKSTREAM');
    await log.tell('dead', 'alive', 'free');
    await takeAndDie(log, 'pod-dead', 1);
    const { open, opened } = gate();
    const slow = log.start({
      takeOverMs: 600,
      onEvent: ({ id }: ExportEvent) => (id === 'alive' ? opened : undefined),
    });
    await eventually(async () => expect(await log.pendingCount()).toBe(2));

    const other = log.start({ takeOverMs: 600 });
    await eventually(() => expect(other.handled).toContain('dead'));
    await log.tell('more');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(other.handled).not.toContain('alive');
    open();

    await eventually(async () => expect(await log.pendingCount()).toBe(0));
    expect(slow.problems).toEqual([]);
  });

  it('gives an event again that was not handled, and puts it aside in the end', async () => {
    await using log = await eventLog();
    await log.tell('poison', 'good');
    const counts: number[] = [];
    const { handled } = log.start({
      deliveriesMax: 3,
      onEvent: ({ id }, { deliveryCount }) => {
        if (id === 'good') return void handled.push(id);
        counts.push(deliveryCount);
        throw new Error('cannot load it');
      },
    });

    await eventually(() => expect(handled).toEqual(['good']));
    expect(counts).toEqual([1, 2, 3]);
    expect(await log.deadLetters()).toEqual([
      {
        event: eventOf('poison'),
        reason: 'handler-failed',
        error: 'Error: cannot load it',
        entryId: expect.stringMatching(/^\d+-\d+$/),
        deliveryCount: '3',
      },
    ]);
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
  });

  it('puts aside what has killed whoever had it, and what is no event', async () => {
    await using log = await eventLog();
    await log.redis.xgroup('CREATE', stream, log.group, '0', 'MKSTREAM');
    await log.tell('killer');
    await takeAndDie(log, 'pod-1', 1);
    await log.redis.xadd(stream, '*', 'event', '{"half":');
    await log.redis.xadd(stream, '*', 'other', 'field');
    await log.tell('good');

    const { handled } = log.start({ member: 'pod-1', deliveriesMax: 1 });

    await eventually(() => expect(handled).toEqual(['good']));
    expect(await log.deadLetters()).toMatchObject([
      { reason: 'not-acknowledged', event: eventOf('killer'), deliveryCount: '2' },
      { reason: 'event-unreadable', event: '{"half":' },
      { reason: 'event-unreadable', event: '' },
    ]);
  });

  it('takes no more than it handles', async () => {
    await using log = await eventLog();
    await log.tell(...names(10));
    const { open, opened } = gate();
    let begun = 0;
    log.start({
      concurrency: 3,
      onEvent: () => {
        begun += 1;
        return opened;
      },
    });

    await eventually(() => expect(begun).toBe(3));
    await log.tell('more');
    expect(await log.pendingCount()).toBe(3);
    open();

    await eventually(() => expect(begun).toBe(11));
  });

  it('lets several members share the events', async () => {
    await using log = await eventLog();
    const members = names(3).map((member) => log.start({ member }));
    await log.tell(...names(60));

    await eventually(() => {
      const all = members.flatMap(({ handled }) => handled);
      expect(all.toSorted()).toEqual(names(60).toSorted());
    });
    expect(members.filter(({ handled }) => handled.length > 0).length).toBeGreaterThan(1);
  });
});

describe('a subscriber that is stopped', () => {
  it('finishes what it handles, acknowledges it and leaves nothing behind', async () => {
    await using log = await eventLog();
    await log.tell('one', 'two');
    const { open, opened } = gate();
    const begun: string[] = [];
    const { stop } = log.start({
      onEvent: ({ id }) => {
        begun.push(id);
        return opened;
      },
    });
    await eventually(() => expect(begun).toEqual(['one']));

    const stopping = stop();
    setTimeout(open, 50);
    await stopping;

    expect(begun).toEqual(['one']);
    expect(await log.pendingCount()).toBe(0);
    expect(await log.redis.xinfo('CONSUMERS', stream, log.group)).toEqual([]);
    const next = log.start();
    await eventually(() => expect(next.handled).toEqual(['two']));
  });

  it('waits no longer than it was told to, and leaves the event to the next one', async () => {
    await using log = await eventLog();
    await log.tell('slow');
    let signal: AbortSignal | undefined;
    const { stop } = log.start({
      member: 'pod-1',
      stopWithinMs: 100,
      onEvent: (_event, delivery) => {
        signal = delivery.signal;
        return new Promise(() => undefined);
      },
    });
    await eventually(() => expect(signal).toBeDefined());

    const startedMs = performance.now();
    await stop();

    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(signal?.aborted).toBe(true);
    const next = log.start({ member: 'pod-1' });
    await eventually(() => expect(next.handled).toEqual(['slow']));
  });

  it('ends while Redis is away', async () => {
    await using log = await eventLog();
    const { problems, stop } = log.start({ stopWithinMs: 200 });
    await log.server.kill();
    await eventually(() => expect(problems.length).toBeGreaterThan(1));

    await stop();
  });
});

describe('a subscriber whose Redis fails', () => {
  it('outlasts restarts, and does not handle again what it has handled', async () => {
    await using log = await eventLog();
    await log.tell('before');
    const { open, opened } = gate();
    const begun: string[] = [];
    const { problems } = log.start({
      takeOverMs: 60_000,
      onEvent: ({ id }) => {
        begun.push(id);
        return id === 'before' ? opened : undefined;
      },
    });
    await eventually(() => expect(begun).toEqual(['before']));

    await log.server.kill();
    open();
    await eventually(() => expect(problems.length).toBeGreaterThan(0));
    await log.server.restart();
    await log.tell('after');

    await eventually(() => expect(begun).toEqual(['before', 'after']), { timeoutMs: 15_000 });
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
  });

  it('begins anew with all that is kept where the group is lost', async () => {
    await using log = await eventLog();
    const { handled } = log.start({ from: 'new' });
    await eventually(async () => expect(await log.redis.xinfo('GROUPS', stream)).toHaveLength(1));
    await log.redis.flushall();
    await log.tell('first');

    await eventually(() => expect(handled).toEqual(['first']));
  });

  it('is told where events were trimmed that it was not given', async () => {
    await using log = await eventLog();
    await log.tell('one');
    const away = log.start();
    await eventually(() => expect(away.handled).toEqual(['one']));
    await away.stop();
    await log.tell('two', 'three', 'four');
    const resets: unknown[] = [];
    const onReset = (reset: unknown) => void resets.push(reset);

    await log.redis.xtrim(stream, 'MAXLEN', 3);
    const unbroken = log.start({ onReset });
    await eventually(() => expect(unbroken.handled).toEqual(['two', 'three', 'four']));
    await unbroken.stop();
    expect(resets).toEqual([]);

    await log.tell('five', 'six');
    await log.redis.xtrim(stream, 'MAXLEN', 1);
    const [[keptId] = ['']] = await log.redis.xrange(stream, '-', '+', 'COUNT', 1);
    const late = log.start({ onReset });
    await eventually(() => expect(late.handled).toEqual(['six']));
    expect(resets).toEqual([{ oldestId: keptId }]);
  });

  it('is told of a gap once, while it works through what is left', async () => {
    await using log = await eventLog();
    await log.tell('before');
    const away = log.start();
    await eventually(() => expect(away.handled).toEqual(['before']));
    await away.stop();
    await log.tell(...names(20));
    await log.redis.xtrim(stream, 'MAXLEN', 10);
    const resets: unknown[] = [];

    const { handled } = log.start({
      takeOverMs: 100,
      onReset: (reset) => void resets.push(reset),
      onEvent: async ({ id }) => {
        await new Promise((resolve) => setTimeout(resolve, 40));
        handled.push(id);
      },
    });

    await eventually(() => expect(handled).toEqual(names(20).slice(10)));
    expect(resets).toHaveLength(1);
  });

  it('rejects with what Redis refuses for good', async () => {
    await using log = await eventLog();
    await log.redis.set(stream, 'no stream');
    await expect(log.start().done).rejects.toThrow('WRONGTYPE');

    await log.redis.call('ACL', 'SETUSER', 'nobody', 'on', '>secret', '~*', '+info', '+hello');
    const redis = new Redis(log.server.url, { username: 'nobody', password: 'secret' });
    redis.on('error', () => undefined);
    await expect(log.start({ redis }).done).rejects.toThrow('NOPERM');
    redis.disconnect();
  });
});

it('a user needs no other permissions than the page says', async () => {
  await using log = await eventLog();
  const deadLetters = `${stream}:dead-letters:${log.group}`;
  const onStream = `~${stream} +xreadgroup +xack +xpending +xclaim +xgroup|create`;
  const rules = `reset on >secret -@all +hello +auth +ping ${onStream}`.split(' ');
  const ofDeadLetters = `(~${deadLetters} +xadd)`;
  await log.redis.call('ACL', 'SETUSER', 'loader', ...rules, ofDeadLetters);
  const user = { username: 'loader', password: 'secret', enableReadyCheck: false };
  const redis = new Redis(log.server.url, user);
  redis.on('error', () => undefined);
  await log.redis.xgroup('CREATE', stream, log.group, '0', 'MKSTREAM');
  await log.tell('dead', 'poison', 'good');
  await takeAndDie(log, 'pod-dead', 1);

  const { handled, stop } = log.start({
    redis,
    deliveriesMax: 2,
    onEvent: ({ id }) => {
      if (id === 'poison') throw new Error('cannot load it');
      handled.push(id);
    },
  });

  await eventually(() => expect(handled.toSorted()).toEqual(['dead', 'good']));
  await eventually(async () => expect(await log.deadLetters()).toHaveLength(1));
  await stop();
  redis.disconnect();
});

it('an event is handled once where its id is remembered', async () => {
  await using log = await eventLog();
  await log.tell('twice', 'twice', 'once');
  const handled: string[] = [];
  const store = redisEventStore(log.redis, { prefix: 'seen:', keepSeconds: 60 });
  log.start({ onEvent: oncePerEvent(store, ({ id }) => void handled.push(id)) });

  await eventually(() => expect(handled).toEqual(['twice', 'once']));
  await eventually(async () => expect(await log.pendingCount()).toBe(0));
  expect(await log.redis.ttl('seen:once')).toBeGreaterThan(0);
});

it.each([
  [{ from: 'yesterday' }, 'from'],
  [{ group: '' }, 'group'],
  [{ concurrency: 0 }, 'concurrency'],
  [{ deliveriesMax: 0 }, 'deliveriesMax'],
  [{ takeOverMs: 1 }, 'takeOverMs'],
  [{ takeOverMs: Number.POSITIVE_INFINITY }, 'takeOverMs'],
  [{ stopWithinMs: Number.POSITIVE_INFINITY }, 'stopWithinMs'],
  [{ types: ['finished' as 'completed'] }, 'types'],
])('%j cannot be meant so', async (wrong, named) => {
  const redis = new Redis({ lazyConnect: true });
  const { signal } = new AbortController();
  const options = { redis, group: 'loader', from: 'new', onEvent: () => undefined, signal };

  await expect(subscribe({ ...options, ...wrong })).rejects.toThrow(named);
});
