import type { Job, Manifest, Reason } from '@bulkwatch/contract';
import { type Client, createClient } from '../create-client.js';
import type { StreamEvent } from '../events/event-types.js';
import { parseEvent } from '../events/parse-event.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { sleep } from '../sleep.js';
import { createFakeApi } from './fake-api.js';
import { createFakeJobs, type FakeJobs } from './fake-jobs.js';
import { createFakeRedis } from './fake-redis.js';
import { type FakeStream, placeAfter } from './fake-stream.js';

/** An event that was put aside, as the stream of dead letters has it. */
export interface DeadLetter {
  readonly event: StreamEvent | undefined;
  readonly reason: string;
  readonly error: string;
  readonly deliveryCount: number;
}

/**
 * A Bulkwatch in memory, for the tests of whoever builds on it: no network, no Redis. Jobs go as the test says; each step tells
 * its event. `client` is the client itself, and `redis` is for `subscribe` itself, so that both behave as they do in production.
 */
export interface FakeBulkwatch {
  readonly client: Client;
  /** For `subscribe` and `redisEventStore`. */
  readonly redis: RedisConnection;
  /** The provider says how far the export is. */
  progress(jobId: string, progress: string, progressPercent?: number): Job;
  /** The provider sends the manifest; for a completed job, fresh links under another `manifestVersion`. */
  complete(jobId: string, manifest?: Manifest): Job;
  /** The provider says that the export failed; `export-failed` where no reason is given. */
  fail(jobId: string, reason?: Reason, detail?: string): Job;
  /** The deadline passes. */
  abandon(jobId: string): Job;
  /** Puts events into the stream, about jobs that need not be there. */
  tell(...events: readonly StreamEvent[]): void;
  /** All events of the stream, the oldest first. */
  events(): StreamEvent[];
  /**
   * Has an event come to a group again as after a death of the member that handled it: taken over, its `deliveryCount` one higher.
   * The subscriber looks for such four times in `takeOverMs`, so give it a short one, such as 100.
   */
  simulateRedelivery(group: string, eventId: string): void;
  /** Resolves when the group has acknowledged all there is, put aside or not. Rejects when that takes longer than `withinMs` (5,000). */
  settled(group: string, withinMs?: number): Promise<void>;
  /** What the group has put aside. */
  deadLetters(group: string): DeadLetter[];
}

const eventStream = '{bulkwatch}:events';

export function createFakeBulkwatch(): FakeBulkwatch {
  const redis = createFakeRedis();
  const stream = redis.stream(eventStream);
  const tell = (event: StreamEvent): void => void stream.add(['event', JSON.stringify(event)]);
  const jobs = createFakeJobs(tell);
  const events = (): StreamEvent[] => stream.entries.flatMap(({ fields }) => eventsIn(fields));
  return {
    client: createClient({
      baseUrl: 'http://bulkwatch.invalid',
      fetch: createFakeApi({ jobs, stream }),
    }),
    redis: redis.connection,
    ...stepsOf(jobs),
    tell: (...told) => told.forEach(tell),
    events,
    simulateRedelivery: (group, eventId) => giveBack(stream, group, eventId),
    settled: (group, withinMs) => untilSettled(stream, group, withinMs),
    deadLetters: (group) =>
      redis.stream(`${eventStream}:dead-letters:${group}`).entries.map(({ fields }) => {
        const valueOf = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
        return {
          event: eventsIn(fields)[0],
          reason: valueOf('reason'),
          error: valueOf('error'),
          deliveryCount: Number(valueOf('deliveryCount')),
        };
      }),
  };
}

function eventsIn(fields: readonly string[]): StreamEvent[] {
  const event = parseEvent(fields[fields.indexOf('event') + 1]);
  return event ? [event] : [];
}

function stepsOf(
  jobs: FakeJobs,
): Pick<FakeBulkwatch, 'progress' | 'complete' | 'fail' | 'abandon'> {
  const ended = (state: 'failed' | 'abandoned', reason: Reason, detail: string | null = null) => ({
    members: { state, reason, detail, settledAt: new Date().toISOString(), dueAt: null },
    event: state,
  });
  return {
    progress: (jobId, progress, progressPercent) => {
      const said = { progress, progressPercent: progressPercent ?? null };
      const members = { state: 'in-progress', ...said } as const;
      return jobs.change(jobId, { members, event: 'progressed' });
    },
    complete: (jobId, manifest) => jobs.complete(jobId, manifest),
    fail: (jobId, reason = 'export-failed', detail) =>
      jobs.change(jobId, ended('failed', reason, detail)),
    abandon: (jobId) => jobs.change(jobId, ended('abandoned', 'tracking-deadline')),
  };
}

function giveBack(stream: FakeStream, groupName: string, eventId: string): void {
  const group = stream.groups.get(groupName);
  const entry = stream.entries.find(({ fields }) => eventsIn(fields)[0]?.id === eventId);
  if (!group || !entry || placeAfter(stream, entry.id) > group.given)
    throw new Error(`The group ${groupName} was not given the event ${eventId}.`);
  const { id } = entry;
  const count = group.pending.get(id)?.count ?? 1;
  group.pending.set(id, { id, member: 'one that died', sinceMs: Number.NEGATIVE_INFINITY, count });
}

async function untilSettled(
  stream: FakeStream,
  groupName: string,
  withinMs = 5_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const group = stream.groups.get(groupName);
    if (group?.given === stream.entries.length && group.pending.size === 0) return;
    if (performance.now() > endMs)
      throw new Error(`The group ${groupName} has not dealt with all events in ${withinMs} ms.`);
    await sleep(2);
  }
}
