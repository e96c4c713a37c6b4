import { setTimeout as pause } from 'node:timers/promises';
import type { ExportEvent } from '@bulkwatch/contract';
import { oracleExport } from '@bulkwatch/simulator';
import { eventually, type Redis } from '@bulkwatch/testkit';
import type { Cluster, Redis as RedisClient } from 'ioredis';
import { expect } from 'vitest';
import { subscribe } from '../../../packages/client/src/redis.js';
import { startFleet } from '../../../tests/e2e/fleet.js';
import { startReceiver } from './webhook-fleet.js';

const exportCount = 20;
/** What a replica may not have been sent yet when its primary died. */
const replicationLagMs = 500;

interface FailoverCourse {
  readonly env: Readonly<Record<string, string>>;
  /** Of the services: the host in it must not matter. */
  readonly redisUrl: string;
  readonly primary: Redis;
  /** A connection of a subscriber. */
  readonly redis: RedisClient | Cluster;
  /** What happens to Redis, one after the other. */
  readonly failovers: readonly (() => Promise<unknown>)[];
  /** How long it may take from then until all is done; 40 s where not given. */
  readonly withinMs?: number;
}

/**
 * Has real services track exports, a subscriber and a webhook read their events, and the primary of Redis replaced
 * meanwhile. All goes on by itself: nothing is lost, told twice or begun again.
 */
export async function runFailoverCourse(course: FailoverCourse): Promise<void> {
  const receiver = await startReceiver();
  const fleet = await startFleet(
    {
      ...course.env,
      BULKWATCH_LOCK_DURATION: '2s',
      BULKWATCH_WEBHOOK_ORIGINS: new URL(receiver.url).origin,
    },
    {
      running: course.primary,
      redisUrl: (caller) => (caller === 'test' ? course.primary.url : course.redisUrl),
    },
  );
  const stop = new AbortController();
  const handled: string[] = [];
  const subscribing = subscribe({
    redis: course.redis,
    group: 'loader',
    from: 'start',
    types: ['completed'],
    onEvent: (event: ExportEvent) => void handled.push(event.subject),
    onProblem: () => undefined,
    signal: stop.signal,
  });
  try {
    const worker = await fleet.startWorker();
    await post(`${fleet.apiUrl}/v1/webhook-endpoints`, { url: receiver.url });
    const ids: string[] = [];
    for (let n = 0; n < exportCount; n += 1) {
      const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 5 }));
      ids.push((await fleet.register({ statusUrl, credential: 'oracle' })).id);
    }
    const diedAtMs: number[] = [];
    for (const failOver of course.failovers) {
      await pause(1_500);
      diedAtMs.push(performance.now());
      await failOver();
    }
    const said = () => worker.lines().slice(-20).join('\n');
    await eventually(
      async () => {
        const states = (await fleet.jobs()).map(({ state }) => state);
        expect(states, said()).toEqual(ids.map(() => 'completed'));
      },
      // An entry that was in hand when the primary died is free again after up to 20 s.
      { timeoutMs: course.withinMs ?? 40_000, everyMs: 100 },
    );

    const told = await completedIn(course.redis);
    expect(told.toSorted()).toEqual(ids.toSorted());
    await eventually(() => expect(new Set(handled)).toEqual(new Set(ids)));
    const posted = () =>
      receiver.posts.map(({ body }) => (JSON.parse(body) as ExportEvent).subject);
    await eventually(() => expect(posted()).toEqual(expect.arrayContaining(ids)), {
      timeoutMs: 10_000,
    });
    // Early can be only what the new primary was never told of.
    const unexplained = fleet.simulator.record.earlyPolls().filter(({ exportId, receivedAtMs }) => {
      const before = fleet.simulator.record
        .requestsOf(exportId)
        .filter((one) => one.receivedAtMs < receivedAtMs)
        .at(-1)?.closedAtMs;
      return !diedAtMs.some(
        (at) => before && before > at - replicationLagMs && before < at + 1_000,
      );
    });
    expect(unexplained).toEqual([]);
    expect(await worker.stop('SIGTERM', 10_000)).toEqual({ code: 0, signal: null });
    expect(await fleet.api.stop('SIGTERM', 10_000)).toEqual({ code: 0, signal: null });
  } finally {
    stop.abort();
    await subscribing;
    await fleet.stop();
    await receiver.close();
  }
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Jobs that an event tells to be completed, once for each event. */
async function completedIn(redis: RedisClient | Cluster): Promise<string[]> {
  const entries = await redis.xrange('{bulkwatch}:events', '-', '+');
  return entries
    .map(([, [, json]]) => JSON.parse(json ?? '') as ExportEvent)
    .filter(({ type }) => type === 'bulkwatch.export.completed')
    .map(({ subject }) => subject);
}
