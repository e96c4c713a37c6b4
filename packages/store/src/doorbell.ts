import { eventChannelPattern } from '@bulkwatch/contract';
import type { Redis } from 'ioredis';
import { connect } from './connection.js';
import { tenantOfSource } from './event-source.js';
import type { RedisServer } from './redis/redis-server.js';

export type JobListener = (jobId: string, tenant: string) => void;

/** Tells of jobs that had an event. A doorbell: rings may be missed while Redis is away. */
export interface Doorbell {
  listen(listener: JobListener): () => void;
  close(): Promise<void>;
}

/** A connection that only listens would not find out that nobody speaks any more. */
const aliveEveryMs = 5_000;

/** One subscribing connection for all listeners of the process, opened by the first. */
export function createDoorbell(
  server: RedisServer,
  onProblem: (what: string, error: unknown) => void,
): Doorbell {
  const listeners = new Set<JobListener>();
  let subscriber: Redis | undefined;
  let alive: NodeJS.Timeout | undefined;

  const ring = (message: string): void => {
    const told = readRing(message);
    if (!told) return onProblem('doorbell', new Error('a message that is no event'));
    for (const listener of listeners) listener(told.jobId, told.tenant);
  };

  const open = (): Redis => {
    const redis = connect(server, 'worker', onProblem);
    redis.on('pmessage', (_pattern: string, _channel: string, message: string) => ring(message));
    redis.psubscribe(eventChannelPattern).catch((error) => onProblem('doorbell', error));
    alive = setInterval(() => void redis.ping().catch(() => undefined), aliveEveryMs).unref();
    return redis;
  };

  return {
    listen(listener) {
      subscriber ??= open();
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      clearInterval(alive);
      subscriber?.disconnect();
    },
  };
}

/** Anybody with access to Redis can publish on these channels, by hand too. */
function readRing(message: string): { jobId: string; tenant: string } | undefined {
  try {
    const { subject, source } = JSON.parse(message) as { subject: unknown; source: unknown };
    const tenant = tenantOfSource(source);
    return typeof subject === 'string' && tenant !== undefined
      ? { jobId: subject, tenant }
      : undefined;
  } catch {
    return undefined;
  }
}
