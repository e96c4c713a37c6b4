import type { Pause, Provider } from '@bulkwatch/contract';
import { keys } from './keys.js';
import { presentPause } from './provider-record.js';
import { isProvider, readProvider } from './read-providers.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';

/** Pauses a provider in somebody's name, or lets it go on. Claims look at it, so no job has to be touched. */
export async function setProviderPause(
  context: StoreContext,
  origin: string,
  by: string | undefined,
): Promise<Provider | undefined> {
  if (!(await isProvider(context, origin))) return undefined;
  await setPause(context, { record: keys.provider(origin), what: origin }, by);
  return readProvider(context, origin);
}

/** The same for all providers at once. */
export const setHousePause = (context: StoreContext, by: string | undefined): Promise<Pause> =>
  setPause(context, { record: keys.house, what: '*' }, by);

async function setPause(
  { redis, clock }: StoreContext,
  { record, what }: { record: string; what: string },
  by: string | undefined,
): Promise<Pause> {
  const [at, who, now] = await scripts.setOperatorPause(
    redis,
    { record, paused: keys.providersPaused },
    { what, by: by ?? '' },
  );
  clock.observe(Number(now));
  return presentPause(at ? { operatorPausedAt: String(at), operatorPausedBy: String(who) } : {});
}
