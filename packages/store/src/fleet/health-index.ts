import type { PollHealth } from '@bulkwatch/contract';
import { keys } from '../keys.js';
import { ask, type StoreContext } from '../store-context.js';
import { fleetScripts } from './fleet-scripts.js';

/**
 * Scores in the index of the open jobs that cannot be polled as they should. A job that is well is not in it, so that an
 * ordinary poll does not touch it. They are data: none may ever change.
 */
const scores = {
  ok: 0,
  'rate-limited': 1,
  unreachable: 2,
  'auth-blocked': 3,
  'provider-error': 4,
  stalled: 5,
  paused: 6,
} as const satisfies Record<PollHealth, number>;

/** The kinds of health that are in the index, in the order of their scores. */
export const indexedHealths = (Object.keys(scores) as PollHealth[]).slice(1);

export const healthScore = (health: PollHealth = 'ok'): number => scores[health];

/** Puts right what the index says of these jobs. Returns of how many it was wrong. */
export async function mendHealth(
  { redis }: Pick<StoreContext, 'redis'>,
  jobIds: readonly string[],
): Promise<number> {
  if (jobIds.length === 0) return 0;
  const [mended] = await fleetScripts.mendHealth(
    redis,
    { jobs: keys.jobs, health: keys.health },
    { scores: indexedHealths.length },
    [...indexedHealths.flatMap((health) => [health, String(scores[health])]), ...jobIds],
  );
  return Number(mended);
}

/** Jobs that are looked at in one go, within a ms. */
const pageSize = 200;

/**
 * Puts right a page of the index, which processes of an older release may have left wrong. Returns where the next page
 * begins, 0 after the last.
 */
export async function mendHealthPage(
  context: Pick<StoreContext, 'redis'>,
  offset: number,
): Promise<number> {
  const ids = await ask(context.redis.zrange(keys.health, `${offset}`, `${offset + pageSize - 1}`));
  const mended = await mendHealth(context, ids);
  return ids.length < pageSize ? 0 : offset + pageSize - mended;
}
