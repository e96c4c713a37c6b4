import type { ReadyQueues } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createWatchdog } from './watchdog.js';

/** Two engines of one place each that are asked about, over a manual clock. */
function setup() {
  const clock = manualClock(0);
  const world = {
    ready: (): Promise<ReadyQueues> => Promise.resolve({ polls: true, webhooks: false }),
    hasWebhooks: false,
    inHand: 0,
    fetchedAtMs: -Infinity,
    readingForMs: 0,
  };
  const told: string[] = [];
  const pulse = {
    get answeredAtMs() {
      return clock.monotonicMs();
    },
    get fetchedAtMs() {
      return world.fetchedAtMs;
    },
    inHandCount: () => world.inHand,
  };
  const engine = { pulse, renew: () => void told.push('renewed') };
  const watchdog = createWatchdog({
    clock,
    dice: () => 0.5,
    reader: { busyForMs: () => world.readingForMs },
    store: { readyQueues: () => world.ready() },
    engines: [
      { queue: 'polls', engine: () => engine, concurrency: 1, inHandMaxMs: 1_000 },
      {
        queue: 'webhooks',
        engine: () => (world.hasWebhooks ? engine : undefined),
        concurrency: 1,
        inHandMaxMs: 1_000,
      },
    ],
    patience: { idleMs: 30_000, silentMs: 60_000 },
    onDead: (queue, { cause, forMs }) => told.push(`${queue} ${cause} ${forMs}`),
    onLook: (isStuck) => isStuck && told.push('stuck'),
    onProblem: (what) => told.push(what),
  });
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 1) await clock.advance(1_000);
  };
  watchdog.start();
  return { clock, world, told, watchdog, pass };
}

const well = { ok: true, checks: { watchdog: 'ok', reader: 'ok', polls: 'ok', webhooks: 'ok' } };

describe('the watchdog', () => {
  it('makes a dead engine anew, and says that the worker is stuck once that has not helped', async () => {
    const { told, watchdog, pass } = setup();
    await pass(36);
    expect(told).toEqual(['polls idle 30000', 'renewed']);
    expect(watchdog.report()).toEqual(well);

    await pass(31);
    expect(told.slice(2)).toEqual(['polls idle 30000', 'renewed', 'stuck']);
    expect(watchdog.report()).toEqual({
      ok: false,
      checks: { ...well.checks, polls: 'fetches nothing, though entries wait' },
    });
    await watchdog.stop();
  });

  it('says that all is well again once the engine fetches', async () => {
    const { world, clock, watchdog, pass } = setup();
    await pass(70);
    world.fetchedAtMs = clock.monotonicMs() + 1;
    await pass(6);
    expect(watchdog.report()).toEqual(well);
    await watchdog.stop();
  });

  it.each<[string, () => Promise<ReadyQueues>]>([
    ['is away', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise(() => undefined)],
  ])('blames nobody while Redis %s', async (_what, ready) => {
    const { world, told, watchdog, pass } = setup();
    world.ready = ready;
    await pass(200);
    expect(told).toEqual([]);
    expect(watchdog.report()).toEqual(well);
    await watchdog.stop();
  });

  it('does not ask a Redis that hangs again and again, and goes on when it answers', async () => {
    const { world, told, watchdog, pass } = setup();
    const waiting: ((ready: ReadyQueues) => void)[] = [];
    world.ready = () => new Promise((resolve) => waiting.push(resolve));
    await pass(200);
    expect(waiting).toHaveLength(1);

    world.ready = () => Promise.resolve({ polls: true, webhooks: false });
    waiting[0]?.({ polls: true, webhooks: false });
    await pass(41);
    expect(told).toEqual(['polls idle 30000', 'renewed']);
    await watchdog.stop();
  });

  it('blames nobody who has his hands full, nor for another queue', async () => {
    const { world, told, watchdog, pass } = setup();
    world.hasWebhooks = true;
    world.inHand = 1;
    await pass(200);
    world.inHand = 0;
    world.ready = () => Promise.resolve({ polls: false, webhooks: true });
    await pass(36);
    expect(told).toEqual(['webhooks idle 30000', 'renewed']);
    await watchdog.stop();
  });

  it('tells of a thread that reads for ever', async () => {
    const { world, watchdog } = setup();
    world.readingForMs = 299_000;
    expect(watchdog.report()).toEqual(well);
    world.readingForMs = 301_000;
    expect(watchdog.report()).toMatchObject({
      ok: false,
      checks: { reader: 'has ended nothing for 301 s' },
    });
    await watchdog.stop();
  });

  it('is not trusted when it has not looked for long', async () => {
    const { watchdog, clock, pass } = setup();
    await pass(10);
    await watchdog.stop();
    await clock.advance(40_000);
    expect(watchdog.report()).toMatchObject({
      ok: false,
      checks: { watchdog: 'has not looked for 40 s' },
    });
  });
});
