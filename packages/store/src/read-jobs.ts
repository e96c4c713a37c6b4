import { type JobState, jobStates, type Poll } from '@bulkwatch/contract';
import { decodeJobRecord } from './job-record.js';
import type { JobRecord, ListFilter, ListPage, StoredManifest } from './job-store.js';
import { keys } from './keys.js';
import { healthOf } from './present-job.js';
import { openManifest } from './sealed-manifests.js';
import { ask, type StoreContext } from './store-context.js';

/** Records looked at for one page, at most: a filter that matches little gives short pages, not long waits. */
const scanMax = 5_000;
const scanBatch = 200;

/** One job of a tenant. A job of somebody else is no job. */
export async function readJob(
  { redis }: StoreContext,
  tenant: string,
  jobId: string,
): Promise<JobRecord | undefined> {
  const hash = await ask(redis.hgetall(keys.job(jobId)));
  return hash['tenant'] === tenant ? decodeJobRecord(jobId, hash) : undefined;
}

/** The manifest of a completed job, as the provider sent it. */
export async function readManifest(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<StoredManifest> {
  const job = await readJob(context, tenant, jobId);
  const kept = job?.manifest && (await ask(context.redis.getBuffer(keys.manifest(jobId))));
  return kept ? openManifest(context.sealer, { tenant, jobId }, kept) : { kind: 'none' };
}

/** The last polls of a job, the newest first; undefined where there is no such job. */
export async function readPolls(
  context: StoreContext,
  tenant: string,
  jobId: string,
): Promise<readonly Poll[] | undefined> {
  if (!(await readJob(context, tenant, jobId))) return undefined;
  const entries = await ask(context.redis.lrange(keys.polls(jobId), 0, -1));
  return entries.map((entry) => JSON.parse(entry) as Poll);
}

/** Whether a text can be a cursor of `listJobs`. */
export const isCursor = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

/** Jobs of a tenant, the newest first. The cursor is the last id looked at: ids sort by time of registration. */
export async function listJobs(
  context: StoreContext,
  tenant: string,
  filter: ListFilter,
  page: { cursor: string | undefined; limit: number },
): Promise<ListPage> {
  const { states = jobStates } = filter;
  const batch = Math.max(page.limit + 1, hasFilter(filter) ? scanBatch : 0);
  const jobs: JobRecord[] = [];
  let before = page.cursor;

  for (let scanned = 0; scanned < scanMax; scanned += batch) {
    const ids = await newestIds(context, tenant, { states, before, count: batch });
    for (const [index, job] of (await readMany(context, ids)).entries()) {
      before = ids[index];
      if (job && matches(job, filter)) jobs.push(job);
      const more = index + 1 < ids.length || ids.length === batch;
      if (jobs.length === page.limit)
        return { jobs, ...(more && before ? { nextCursor: before } : {}) };
    }
    if (ids.length < batch) return { jobs };
  }
  return { jobs, ...(before ? { nextCursor: before } : {}) };
}

async function newestIds(
  { redis }: StoreContext,
  tenant: string,
  range: { states: readonly JobState[]; before: string | undefined; count: number },
): Promise<string[]> {
  const from = range.before === undefined ? '+' : `(${range.before}`;
  const perState = await ask(
    Promise.all(
      range.states.map((state) =>
        redis.zrevrangebylex(`${keys.index(tenant)}:${state}`, from, '-', 'LIMIT', 0, range.count),
      ),
    ),
  );
  return perState
    .flat()
    .sort((a, b) => (a < b ? 1 : -1))
    .slice(0, range.count);
}

async function readMany(
  { redis }: StoreContext,
  ids: readonly string[],
): Promise<(JobRecord | undefined)[]> {
  const hashes = await ask(Promise.all(ids.map((id) => redis.hgetall(keys.job(id)))));
  return hashes.map((hash, index) =>
    hash['tenant'] === undefined ? undefined : decodeJobRecord(ids[index] ?? '', hash),
  );
}

const hasFilter = (filter: ListFilter): boolean =>
  filter.health !== undefined || filter.provider !== undefined || (filter.labels?.length ?? 0) > 0;

function matches(job: JobRecord, filter: ListFilter): boolean {
  return (
    (filter.states === undefined || filter.states.includes(job.state)) &&
    (filter.health === undefined || healthOf(job) === filter.health) &&
    (filter.provider === undefined || job.provider === filter.provider) &&
    (filter.labels ?? []).every(
      ([key, value]) => Object.hasOwn(job.labels, key) && job.labels[key] === value,
    )
  );
}
