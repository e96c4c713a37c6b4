import { createStore, type Store } from '@bulkwatch/store';
import { eventually } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { eventLog, names, stream } from './event-log.js';

const eventsMaxLength = 100;
const retention = { maxAgeMs: 1, keepLength: 10 };
type Log = Awaited<ReturnType<typeof eventLog>>;

/** The worker's view of the stream, with entries that Redis trims one by one. */
async function openStreams(log: Log): Promise<Store & AsyncDisposable> {
  await log.redis.config('SET', 'stream-node-max-entries', 1);
  const store = await createStore({
    redisUrl: log.server.url,
    role: 'worker',
    connectTimeoutMs: 5_000,
    limits: {
      trackingDeadlineMs: 1_000,
      eventsMaxLength,
      timelineLength: 1,
      eventManifestMaxBytes: 1,
      expiringThresholdsMs: [],
      webhooks: { endpointsMax: 1, bodyMaxBytes: 1, logRetentionMs: 1, logLength: 1 },
      requestBudgetMs: 1,
      retryAfterFloorMs: 1,
      gate: { concurrency: 1, perSecond: 1, burst: 1 },
      circuit: { failures: 1, probeFirstMs: 1, probeLongestMs: 1 },
    },
    onProblem: () => undefined,
  });
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}

/** Appends as the scripts do, which cut at the hard limit. */
async function append(log: Log, count: number, prefix: string): Promise<string[]> {
  const ids = names(count, prefix);
  for (const id of ids) {
    await log.tell(id);
    await log.redis.xtrim(stream, 'MAXLEN', eventsMaxLength);
  }
  return ids;
}

/** A handler that waits until it is let go on. */
function slowly() {
  const handled: string[] = [];
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const onEvent = async ({ id }: { readonly id: string }): Promise<void> => {
    await opened;
    handled.push(id);
  };
  return { handled, open, onEvent };
}

describe('a slow subscriber', () => {
  it('is waited for: its events are kept, no more than one is in hand, and the room that is left is told', async () => {
    await using log = await eventLog();
    await using store = await openStreams(log);
    const slow = slowly();
    log.start({ onEvent: slow.onEvent, stopWithinMs: 100 });
    const fast = log.start({ group: 'fast' });
    const ids = await append(log, 70, 'event');
    await eventually(() => expect(fast.handled).toEqual(ids));

    const { length, groups } = await store.eventStreams.trim('default', retention);
    expect(length).toBe(70);
    expect(groups).toMatchObject([
      { name: 'fast', undeliveredCount: 0, headroom: 1 },
      { name: 'loader', pendingCount: 1, undeliveredCount: 69, lostCount: 0 },
    ]);
    expect(groups[1]?.headroom).toBeCloseTo(0.3);

    slow.open();
    await eventually(() => expect(slow.handled).toEqual(ids));
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
    expect(await store.eventStreams.trim('default', retention)).toMatchObject({ length: 1 });
  });

  it('loses what is beyond the longest that a stream may be, is told so, and goes on with what is kept', async () => {
    await using log = await eventLog();
    await using store = await openStreams(log);
    const slow = slowly();
    const resets: unknown[] = [];
    log.start({
      onEvent: slow.onEvent,
      takeOverMs: 100,
      stopWithinMs: 100,
      onReset: (reset) => void resets.push(reset),
    });
    const first = await append(log, 10, 'early');
    await eventually(async () => expect(await log.pendingCount()).toBe(1));
    const rest = await append(log, 120, 'late');

    // The one in hand was cut too. Its handler has it, and the member does not hold on to it in Redis any more.
    await eventually(async () => expect(await log.pendingCount()).toBe(0));
    const { groups } = await store.eventStreams.trim('default', retention);
    // Nine that it was not given, and twenty more.
    expect(groups).toMatchObject([{ name: 'loader', headroom: 0, lostCount: 29 }]);

    slow.open();
    const kept = rest.slice(20);
    await eventually(() => expect(slow.handled).toEqual([first[0], ...kept]));
    expect(resets).toHaveLength(1);
    expect((await store.eventStreams.trim('default', retention)).groups).toMatchObject([
      { headroom: 1, lostCount: 29 },
    ]);
  });
});

describe('a late subscriber', () => {
  it('gets what is kept for it since its group was made, however late its first member is', async () => {
    await using log = await eventLog();
    await using store = await openStreams(log);
    await log.tell('before');
    await log.redis.xgroup('CREATE', stream, log.group, '$');
    const ids = await append(log, 40, 'event');
    await store.eventStreams.trim('default', retention);

    const { handled } = log.start({ from: 'start' });

    await eventually(() => expect(handled).toEqual(ids));
  });
});
