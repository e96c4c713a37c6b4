import { type FinalState, finalStates } from '@bulkwatch/contract';
import { keys } from './keys.js';
import { ask, type StoreContext } from './store-context.js';

/** One look after the settled jobs of everybody, page by page. It is kept in Redis: who dies is followed by another. */
export interface Walk {
  /** Where the next page is: after that job, in that state of that tenant. */
  readonly tenant: string;
  readonly state: FinalState;
  readonly afterId: string;
  /** Whether it looks at all settled jobs, or only at those that may be old enough to be removed. */
  readonly isWhole: boolean;
}

/** The expiry clock heals within a day. */
const wholeEveryMs = 24 * 60 * 60 * 1000;
/** Longer than any page takes, with the rest that follows. */
const turnMs = 30_000;

/** Whether it is this worker's turn, from now on for a while. Two at once would do no harm, only twice the work. */
export async function takeUpkeepTurn({ redis }: StoreContext, holder: string): Promise<boolean> {
  if ((await ask(redis.set(keys.upkeepTurn, holder, 'PX', turnMs, 'NX'))) !== null) return true;
  if ((await ask(redis.get(keys.upkeepTurn))) !== holder) return false;
  await ask(redis.pexpire(keys.upkeepTurn, turnMs));
  return true;
}

/** The walk that is under way, or a new one where the last has ended long enough ago. */
export async function currentWalk(
  { redis, clock }: StoreContext,
  tenants: readonly string[],
  everyMs: number,
): Promise<Walk | undefined> {
  const kept = await ask(redis.hgetall(keys.upkeep));
  const { tenant, state, afterId = '', isWhole, doneAt = 0, wholeAt = 0 } = kept;
  if (tenant !== undefined && tenants.includes(tenant))
    return { tenant, state: state as FinalState, afterId, isWhole: isWhole === '1' };
  const [first] = tenants;
  const now = clock.now();
  if (first === undefined || now < Number(doneAt) + everyMs) return undefined;
  return {
    tenant: first,
    state: finalStates[0],
    afterId: '',
    isWhole: now >= Number(wholeAt) + wholeEveryMs,
  };
}

/** Where a walk goes on after a page whose last job was that; undefined where it has come to its end. */
export function nextStop(walk: Walk, tenants: readonly string[], lastId: string): Walk | undefined {
  if (lastId !== '') return { ...walk, afterId: lastId };
  const state = finalStates[finalStates.indexOf(walk.state) + 1];
  if (state !== undefined) return { ...walk, state, afterId: '' };
  const tenant = tenants[tenants.indexOf(walk.tenant) + 1];
  return tenant === undefined ? undefined : { ...walk, tenant, state: finalStates[0], afterId: '' };
}

/** Notes how far a walk has come, or that it has ended. */
export async function keepWalk(
  { redis, clock }: StoreContext,
  { isWhole }: Walk,
  next: Walk | undefined,
): Promise<void> {
  if (next) {
    await ask(redis.hset(keys.upkeep, { ...next, isWhole: isWhole ? '1' : '' }));
    return;
  }
  const doneAt = clock.now();
  await ask(redis.hset(keys.upkeep, { doneAt, ...(isWhole ? { wholeAt: doneAt } : {}) }));
  await ask(redis.hdel(keys.upkeep, 'tenant', 'state', 'afterId', 'isWhole'));
}
