import type { Removed, Retention, UpkeepOptions } from './job-upkeep.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { ask, type StoreContext } from './store-context.js';
import { currentWalk, keepWalk, nextStop, takeUpkeepTurn, type Walk } from './upkeep-walk.js';
import { webhookKeys } from './webhooks/webhook-keys.js';

/** Jobs of one script: few enough that nobody waits for it. */
const pageSize = 25;
/** Unless a job is acknowledged, it and its manifest are kept until its files expire, for so long at most. */
const filesMaxMs = 366 * 24 * 60 * 60 * 1000;

/**
 * Looks after the settled jobs of all tenants, one page after the other, with rests in between: removes what has been kept
 * long enough. Returns early where another worker is at it, or the last look has not been long ago.
 */
export async function tendSettled(context: StoreContext, options: UpkeepOptions): Promise<void> {
  const { holder, retention, everyMs, onRemoved, rest, isOver } = options;
  const tenants = (await ask(context.redis.smembers(keys.tenants))).sort();
  let walk = await currentWalk(context, tenants, everyMs);
  while (walk && !isOver() && (await takeUpkeepTurn(context, holder))) {
    const from = performance.now();
    const { lastId, removed } = await tendPage(context, walk, retention);
    const tookMs = performance.now() - from;
    onRemoved(removed);
    const next: Walk | undefined = nextStop(walk, tenants, lastId);
    await keepWalk(context, walk, next);
    walk = next;
    if (walk) await rest(tookMs);
  }
}

async function tendPage(
  { redis, limits, clock }: StoreContext,
  { tenant, state, afterId, isWhole }: Walk,
  retention: Retention,
): Promise<{ lastId: string; removed: Removed }> {
  const shortestMs = Math.min(retention.jobsMs, retention.pollsMs, retention.manifestsMs);
  const before = isWhole ? '+' : firstIdSince(clock.now() - shortestMs);
  const [lastId, jobs, timelines, manifests] = await scripts.tendSettled(
    redis,
    {
      index: `${keys.index(tenant)}:${state}`,
      jobs: keys.jobs,
      ...keys.bases,
      due: keys.due,
      expiry: keys.expiry,
      expiring: keys.expiring,
      webhooksFailing: webhookKeys.failing,
      webhooksDisabled: webhookKeys.disabled,
    },
    {
      after: afterId === '' ? '-' : `(${afterId}`,
      before,
      limit: pageSize,
      jobsMs: finite(retention.jobsMs),
      pollsMs: finite(retention.pollsMs),
      manifestsMs: finite(retention.manifestsMs),
      expiryAheadMs: Math.max(0, ...limits.expiringThresholdsMs),
      filesMaxMs,
    },
  );
  const removed = {
    jobs: Number(jobs),
    timelines: Number(timelines),
    manifests: Number(manifests),
  };
  return { lastId: String(lastId), removed };
}

const finite = (ms: number): number | '' => (Number.isFinite(ms) ? ms : '');

/**
 * Ids that are less belong to jobs that were registered before that instant, as ZRANGEBYLEX takes it: ids begin with it
 * (UUIDv7, RFC 9562 section 5.7). What was registered later has not settled before it either.
 */
export function firstIdSince(at: number): string {
  if (!(at > 0)) return '-';
  const hex = Math.floor(at).toString(16).padStart(12, '0');
  return `(${hex.slice(0, 8)}-${hex.slice(8)}`;
}
