import type { JobState } from '@bulkwatch/contract';
import { keys } from '../keys.js';
import { ask, type StoreContext } from '../store-context.js';

export interface JobPage {
  readonly tenant: string;
  readonly ids: readonly string[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** Jobs that Redis gives in one step. */
const pageSize = 100;

/**
 * A page of the jobs of all tenants that are in one of these states, in the order of their registration; `from` is '' or
 * what the page before said. Jobs that change their state meanwhile may be in two pages, or in none where they leave these
 * states.
 */
export async function readJobPage(
  { redis }: Pick<StoreContext, 'redis'>,
  states: readonly JobState[],
  from: string,
): Promise<JobPage> {
  const tenants = (await ask(redis.smembers(keys.tenants))).sort();
  const [tenant = tenants[0], state = states[0], after = ''] = from.split(' ');
  if (tenant === undefined || state === undefined) return { tenant: '', ids: [], next: undefined };
  const index = `${keys.index(tenant)}:${state}`;
  const begin = after === '' ? '-' : `(${after}`;
  const ids = await ask(redis.zrangebylex(index, begin, '+', 'LIMIT', 0, pageSize));
  return { tenant, ids, next: nextOf({ tenant, state, ids }, { tenants, states }) };
}

function nextOf(
  { tenant, state, ids }: { tenant: string; state: string; ids: readonly string[] },
  { tenants, states }: { tenants: readonly string[]; states: readonly string[] },
): string | undefined {
  if (ids.length === pageSize) return `${tenant} ${state} ${ids.at(-1)}`;
  const nextState = states[states.indexOf(state) + 1];
  if (nextState !== undefined) return `${tenant} ${nextState}`;
  const nextTenant = tenants.find((other) => other > tenant);
  return nextTenant === undefined ? undefined : `${nextTenant} ${states[0]}`;
}
