import type { ExportEvent } from '@bulkwatch/contract';
import { type Redis as Server, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import type { SubscribeOptions } from '../src/redis.js';
import { subscribe } from '../src/redis.js';

export const stream = '{bulkwatch}:events';

export const eventOf = (id: string, type = 'bulkwatch.export.completed'): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    type,
    subject: 'job-1',
    data: { job: { id: 'job-1' } },
  });

/** An event that tells of no job. */
export const webhookEventOf = (id: string): string =>
  JSON.stringify({
    ...(JSON.parse(eventOf(id, 'bulkwatch.webhook.disabled')) as object),
    subject: 'endpoint-1',
    data: {
      webhook: { endpointId: 'endpoint-1', jobId: null, url: 'https://hooks.example.org/?…' },
    },
  });

/** A Redis with an event stream, and subscribers to it that are all stopped in the end. */
export async function eventLog() {
  const server: Server = await startRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const controllers: AbortController[] = [];
  const runs: Promise<void>[] = [];
  const group = 'loader';
  return {
    server,
    redis,
    group,
    /** Appends events with these ids. */
    async tell(...ids: string[]): Promise<void> {
      for (const id of ids) await redis.xadd(stream, '*', 'event', eventOf(id));
    },
    /** Starts a subscriber with short times, which notes the ids that its handler was given. */
    start(options: Partial<SubscribeOptions> = {}) {
      const controller = new AbortController();
      const handled: string[] = [];
      const problems: string[] = [];
      const done = subscribe({
        redis,
        group,
        from: 'start',
        redeliverMs: 10,
        takeOverMs: 300,
        onEvent: (event: ExportEvent) => void handled.push(event.id),
        onProblem: (what, error) => void problems.push(`${what}: ${String(error)}`),
        ...options,
        signal: controller.signal,
      });
      done.catch(() => undefined);
      controllers.push(controller);
      runs.push(done);
      return {
        handled,
        problems,
        done,
        stop: () => {
          controller.abort();
          return done;
        },
      };
    },
    async pendingCount(of = group): Promise<number> {
      const [count] = await redis.xpending(stream, of);
      return Number(count);
    },
    async deadLetters(): Promise<Record<string, string>[]> {
      const entries = await redis.xrange(`${stream}:dead-letters:${group}`, '-', '+');
      return entries.map(([, fields]) =>
        Object.fromEntries(
          Array.from({ length: fields.length / 2 }, (_, at) => [
            fields[at * 2],
            fields[at * 2 + 1],
          ]),
        ),
      );
    },
    [Symbol.asyncDispose]: async () => {
      for (const controller of controllers) controller.abort();
      await Promise.allSettled(runs);
      redis.disconnect();
      await server.stop();
    },
  };
}

export const names = (count: number, prefix = 'event'): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
