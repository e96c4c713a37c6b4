import { wakeUpQueue } from '@bulkwatch/store';
import { keys } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { LedgerLine } from '../ledger.js';
import type { Dump } from './dump.js';
import { keysLike } from './read-dump.js';

/** Everything that is known of a job and its export, for whoever has to find out why a promise was broken. */
export async function tellOfJob(
  redis: Redis,
  { jobId, exportId }: { readonly jobId: string; readonly exportId: string },
  { dump, lines }: { dump: Dump; lines: readonly LedgerLine[] },
): Promise<object> {
  const base = `${wakeUpQueue.prefix}:${wakeUpQueue.name}`;
  const entries = await keysLike(redis, `${base}:*${jobId}*`);
  return {
    jobId,
    exportId,
    record: await redis.hgetall(keys.job(jobId)),
    dueAt: await redis.zscore(keys.due, jobId),
    entries: await Promise.all(
      entries.map(async (key) => ({ key, fields: await redis.hgetall(key).catch(String) })),
    ),
    timeline: (await redis.lrange(keys.polls(jobId), 0, -1)).map(
      (json) => JSON.parse(json) as object,
    ),
    events: dump.events.filter(({ subject }) => subject === jobId),
    ledger: lines.filter(({ key }) => key === exportId || key === jobId),
  };
}
