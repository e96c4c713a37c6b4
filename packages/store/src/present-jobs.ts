import type { Job } from '@bulkwatch/contract';
import type { ExportHistory } from '@bulkwatch/core';
import { exportHistory, historyFields } from './export-history.js';
import type { JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { presentJob } from './present-job.js';
import { ask, type StoreContext } from './store-context.js';

/**
 * Jobs as the API shows them. What their ends are estimated from is read once for each provider, all in one round
 * trip; settled jobs need none.
 */
export async function presentJobs(
  context: StoreContext,
  records: readonly JobRecord[],
): Promise<readonly Job[]> {
  const open = records.filter(({ settledAt }) => settledAt === undefined);
  const histories = await readHistories(context, new Set(open.map(({ provider }) => provider)));
  const now = context.clock.now();
  return records.map((record) =>
    presentJob(record, { now, history: histories.get(record.provider) }),
  );
}

async function readHistories(
  { redis }: StoreContext,
  origins: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ExportHistory | undefined>> {
  const read = Array.from(origins, async (origin) => {
    const values = await redis.hmget(keys.provider(origin), ...historyFields);
    return [origin, exportHistory(values)] as const;
  });
  return new Map(await ask(Promise.all(read)));
}
