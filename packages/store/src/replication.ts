import type { Redis } from 'ioredis';
import type { JobStore } from './job-store.js';
import { keys } from './keys.js';
import { ask } from './store-context.js';

/** How many replicas must have a registration before it is acknowledged, and how long that may take, ms. */
export interface ReplicationRule {
  readonly replicas: number;
  readonly timeoutMs: number;
}

/** Tells whether so many replicas have the record of a job, whoever wrote it. Rejects as `ask` does. */
export type HasReplicated = (jobId: string) => Promise<boolean>;

/** Jobs that one question asks for. */
const batchMax = 1_000;

interface Waiter {
  readonly jobId: string;
  readonly resolve: (hasReplicated: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Waits for replicas on a connection of its own, since nothing else is answered on one that waits; whoever comes meanwhile
 * shares the next question. The connection must send no command a second time: what follows holds only where all three are
 * run by the same server in this order.
 *
 * WAIT counts the replicas that have everything up to the last write of its own connection, so there is one, which
 * comes after the records that the same connection has just seen. That they are there is asked and not remembered: after a
 * failover this may be a server that never had them.
 */
export function replicationOf(
  redis: Redis,
  { replicas, timeoutMs }: ReplicationRule,
): HasReplicated {
  let waiting: Waiter[] = [];
  let isAsking = false;

  const areReplicated = async (jobIds: readonly string[]): Promise<boolean> => {
    const [held, , acknowledging] = await Promise.all([
      ask(redis.exists(...jobIds.map(keys.job))),
      ask(redis.set(keys.replicationMark, '')),
      ask(redis.wait(replicas, timeoutMs)),
    ]);
    return held === jobIds.length && acknowledging >= replicas;
  };

  const askForAll = async (): Promise<void> => {
    isAsking = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      await areReplicated(batch.map(({ jobId }) => jobId)).then(
        (hasReplicated) => batch.forEach(({ resolve }) => resolve(hasReplicated)),
        // Nor is it asked for those who came meanwhile: one timeout after the other would take them too long.
        (error: unknown) => {
          for (const { reject } of [...batch, ...waiting]) reject(error);
          waiting = [];
        },
      );
    }
    isAsking = false;
  };

  return (jobId) =>
    new Promise((resolve, reject) => {
      waiting.push({ jobId, resolve, reject });
      if (!isAsking) void askForAll();
    });
}

/** A job store that acknowledges no registration before enough replicas have it, nor that of a job which is there already. */
export const withReplication = (jobs: JobStore, hasReplicated: HasReplicated): JobStore => ({
  ...jobs,
  async register(tenant, job) {
    const result = await jobs.register(tenant, job);
    if (result.kind !== 'created' && result.kind !== 'existing') return result;
    if (await hasReplicated(result.job.id)) return result;
    return {
      kind: 'not-replicated',
      ...(result.kind === 'created' ? { created: result.job } : {}),
    };
  },
});
